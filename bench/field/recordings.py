"""One recording as thirty people, programs and instruments write it down: each gives the latency that the plain file gives within 1 %,
or an error that names line or column."""
import random

from tools import line, zoo

ROWS, STEP = 2400, 0.05


def powers():
    """Milliwatts: clouds over a small solar cell."""
    generator = random.Random(7)
    level, values = 0.6, []
    for _ in range(ROWS):
        level = min(2.0, max(0.0, level + generator.gauss(0, 0.08)))
        values.append(round(level, 4))
    return values


def table(header, rows, end="\n"):
    return end.join([*header, *rows]) + end


def flavours():
    """(what it is, its text, words that whoever wrote it would give)"""
    mw = powers()
    times = [round(i * STEP, 6) for i in range(ROWS)]
    pairs = list(zip(times, mw))
    plain = [f"{t},{p}" for t, p in pairs]
    volts = 2.5

    def german(*cells):
        return ";".join(str(cell).replace(".", ",") for cell in cells)

    whole = list(plain)
    whole[100] = f"{times[100]},"
    short = list(plain)
    short[100] = f"{times[100]}"
    nothing = list(plain)
    nothing[100] = f"{times[100]},NaN"
    numbered = [f"{i},{row}" for i, row in enumerate(plain)]
    return [
        ("seconds and milliwatts", table(["time_s,power_mw"], plain), ""),
        ("brackets and capitals", table(["Time [S],Power [mW]"], plain), ""),
        ("milliseconds and microwatts",
         table(["timestamp (ms),P (µW)"], [f"{1000 * t:.3f},{1000 * p:.3f}" for t, p in pairs]), ""),
        ("microseconds and watts", table(["t_us,power_w"], [f"{1e6 * t:.0f},{p / 1000:.9f}" for t, p in pairs]), ""),
        ("pandas with its index", table([",time_s,power_mw"], [f"{i},{t},{p}" for i, (t, p) in enumerate(pairs)]), ""),
        ("other columns", table(["power_mw,temp_c,time_s"], [f"{p},20.5,{t}" for t, p in pairs]), ""),
        ("semicolons and decimal commas", table(["time_s;power_mw"], [german(t, p) for t, p in pairs]), ""),
        ("np.savetxt with a header", table(["# time_s power_mw"], [f"{t:.18e} {p:.18e}" for t, p in pairs]), ""),
        ("np.savetxt without a header", table([], [f"{t:.18e} {p / 1000:.18e}" for t, p in pairs]), ""),
        ("no header, columns by hand", table([], plain), ",time=1,time_unit=s,column=2,unit=mW"),
        ("Windows", "\ufeff" + table(["time_s,power_mw"], plain, "\r\n"), ""),
        ("volts and amperes",
         table(["time_s,voltage_v,current_a"], [f"{t},{volts},{p / 1000 / volts:.9f}" for t, p in pairs]), ""),
        ("millivolts and microamperes of a logger",
         table(["millis,bus_mV,current_uA"], [f"{1000 * t:.0f},{1000 * volts:.0f},{1000 * p / volts:.4f}" for t, p in pairs]),
         ""),
        ("dates", table(["date,power_mw"], [f"2026-03-01 12:{int(t // 60):02d}:{t % 60:06.3f},{p}" for t, p in pairs]), ""),
        ("a clock that has run for a day",
         table(["time,power_mw"], [f"25:{int(t // 60):02d}:{t % 60:06.3f},{p}" for t, p in pairs]), ""),
        ("pandas' timedelta",
         table(["elapsed,power_mw"], [f"1 days 02:{int(t // 60):02d}:{t % 60:09.6f},{p}" for t, p in pairs]), ""),
        ("a date in six columns",
         table(["Year,Month,Day,Hour,Minute,Second,power_mw"],
               [f"2026,3,1,12,{int(t // 60)},{t % 60:.3f},{p}" for t, p in pairs]), ""),
        ("an oscilloscope of Rigol, over 1 Ohm",
         table([f"CH1V,CH2V,t0 =-1.0e-03, tInc = {STEP:e},"], [f"{(p / 1000) ** 0.5:.9f},0,," for p in mw]),
         ",column=CH1V,resistance=1Ohm"),
        ("quotation marks", table(['"time_s","power_mw"'], [f'"{t}","{p}"' for t, p in pairs]), ""),
        ("remarks and empty lines", table(["# solar cell 3", "", "time_s,power_mw"], plain), ""),
        ("small negative noise",
         table(["time_s,power_mw"], [f"{t},{p if p > 0 else -0.0005}" for t, p in pairs]), ""),
        ("an empty cell", table(["time_s,power_mw"], whole), ""),
        ("a cell too few", table(["time_s,power_mw"], short), ""),
        ("not a number", table(["time_s,power_mw"], nothing), ""),
        ("a total below", table(["index,time_s,power_mw"], [*numbered[:100], f"Total,{times[100]},{sum(mw[:100])}"]), ""),
        ("cut off", table(["time_s,power_mw"], plain[:100]) + f"{times[100]}", ""),
    ]


def run(program, options):
    image, inputs, error = zoo(program, options, "har")
    if error:
        return line(False, "recordings", error)
    good, expected = [], None
    for number, (name, text, words) in enumerate(flavours()):
        path = program.file(f"flavour{number}.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        code, answer, said = program.call("simulate", image, "--input", inputs, "--supply", f"trace:{path}{words}")
        if "latency_s" in answer and code == 0:
            latency = answer["latency_s"]
            expected = expected or latency
            good.append(line(abs(latency / expected - 1) < 0.01, name, f"{latency:.4g} s"))
        else:
            message = said.split("\n")[-1]
            good.append(line(code == 2 and (f"{path}:102" in message or "column" in message), name, message[-200:]))
    return all(good)
