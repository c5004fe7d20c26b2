#include "sim/supply.hpp"

namespace dynbal::sim {
namespace {

constexpr char text[] =
    R"(A supply says when the power fails. What was written to NVM stays; what SRAM held is lost. A power cycle lasts from
power-up to the next failure.

  none               steady power
  bytes:K            each power cycle fails when K bytes of NVM were written in it
  once:K             power fails once, after K bytes written to NVM in all; K = 0: before the first
  once:K+SUPPLY      the same, then SUPPLY from the second power cycle on
  budget:E           each power cycle affords E units of the device: 1 a MAC, more a byte moved to or from NVM
                     and the start of a transfer (`dynbal help devices` says how much); recovery and lost
                     work count; a transfer stops at the byte that cannot be paid any more
  budget:E,first=F   the same, but the first power cycle affords F units: the mean over several F tells what a
                     policy is worth apart from luck
  random:SEED,LO,HI  each power cycle fails after a random number of bytes written to NVM, LO to HI;
                     the same SEED gives the same failures

These harvest: harvester -> converter -> capacitor -> device. The device starts when the capacitor is at its on voltage and
stops at its off voltage; harvesting goes on meanwhile; latency includes the charging. Between two inferences the device
sleeps and stays on. It goes off only when the capacitor falls to the off voltage, and then it needs the on voltage again. An
inference that finds it on begins at once, with a boot. KEY=VALUE may follow, after commas.

  power:P            constant, e.g. power:4mW or power:250uW
  trace:FILE         a recording; at its end it starts again (repeat=no: nothing more comes)
  markov:power=P,on=T,off=T
                     on and off in turn for random times with these means; low=P while off; seed=N
  walk:low=P,high=P,step=P,every=T
                     a random walk between two powers; seed=N
  daynight:peak=P,period=T
                     half of the period a half wave, the other half nothing; clouds=SHARE at most is taken at
                     random; seed=N

 Converter and capacitor, defaults from the device profile:
  efficiency=SHARE   of what is harvested reaches capacitor and device
  min_power=P, min_voltage=U
                     below these the converter does not work
  capacitance=C, on_voltage=U, off_voltage=U, max_voltage=U (what comes at max is lost)
  leakage=A          of the capacitor at max_voltage, proportional to the voltage
  esr=R              series resistance of the capacitor
  start_voltage=U    of the capacitor at first; else its off voltage
  sleep=P            what the device draws while it is off, and while it sleeps between two inferences

 Traces: a table with a header that names its columns, with their units, in any case and way: time_s, Time [ms], power_mw,
 Power (uW), voltage_v and current_ma (their product), irradiance_w_m2. Dates and times of day are known by their content, in one
 column or two: 2024-05-31 12:00:00, 31.05.2024, 31-May-2024 1:00 PM; 5/3/2024 needs date=month-first or
 date=day-first, where no row such as 5/31/2024 tells. What a device draws (load_mA, consumption) is taken by hand only.
 `dynbal trace FILE` shows how a file is read. By hand, NAME or NUMBER of a column (from 1):
  column=C, unit=U   what is harvested: unit=mW, uA, V, ...; column=A*B, unit=V*mA: a product
  column=A*B, shunt=R
                     of an oscilloscope: voltage A times the current that is voltage B over R, such as shunt=10Ohm
  time=C, time_unit=ms (ns, us, s, min, h, d), or step=T: each row lasts as long
  missing=zero, missing=hold
                     for empty cells, which are an error otherwise; noise=1%: down to this share of the largest value
                     what is negative counts as nothing
  format=NAME        where it is not found out by itself: mementos ("<ms> <volt>" lines, 1 ms each), capsimu (one
                     voltage a line, 1 ms each), react ("sec RSSI,mW", then seconds and milliwatts), nrel (date, time,
                     W/m^2), ekho (I-V curves: rows of the same time; their best point), csv, shepherd (HDF5: ivsample;
                     ivcurve: the best point of each; isc_voc: fill_factor=0.76 of the product)
 of currents:        voltage=U: at which they flow
 of voltages:        resistance=R (30kOhm for mementos and capsimu); load=measured: the power in it; load=matched: what a converter gets at best
                     from the voltage behind it
 of light:           panel=P at 1000 W/m^2; or curve=FILE.json with curve_lux=N or curve_irradiance=N: an I-V curve
                     {"0": {"<volt>": <ampere>}}, at its best point or at curve_voltage=U; cells=N
 of all:             scale=N, skip=T, repeat=no

Examples:
  --supply power:4mW,capacitance=1mF,efficiency=80%
  --supply trace:rf-cart.trace
  --supply trace:1.txt,resistance=30kOhm,scale=10,leakage=1uA
  --supply trace:2018sep.txt,curve=AM1417_lux1000.json,curve_lux=1000,cells=10,skip=12h
  --supply markov:power=8mW,on=200ms,off=300ms,seed=7
  --supply daynight:peak=10mW,period=60s,clouds=50%
A file name in a supply holds no comma.
)";

}  // namespace

const char* supply_help() { return text; }

}  // namespace dynbal::sim
