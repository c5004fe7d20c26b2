// node onnxruntime.js MODEL VALUES.f32 DIMS OUT.json: onnxruntime's first output for each sample of DIMS (1,28,28,1).
const fs = require("fs");
const ort = require("onnxruntime-node");
async function main([model, values, dims, out]) {
    const session = await ort.InferenceSession.create(model, {graphOptimizationLevel: "basic", logSeverityLevel: 3});
    const bytes = fs.readFileSync(values);
    const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const shape = dims.split(",").map(Number);
    const size = shape.reduce((a, b) => a * b, 1);
    const answers = [];
    for (let at = 0; at < all.length; at += size) {
        const input = new ort.Tensor("float32", all.slice(at, at + size), shape);
        const result = await session.run({[session.inputNames[0]]: input});
        answers.push(Array.from(result[session.outputNames[0]].data, Number));
    }
    fs.writeFileSync(out, JSON.stringify(answers));
}
main(process.argv.slice(2)).catch((error) => {
    console.error(String(error).slice(0, 400));
    process.exit(1);
});
