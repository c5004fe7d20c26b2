// Files as NumPy writes them.

/** Float32 of this shape: values from 0 to below 1 that repeat late. */
export function npy(shape) {
    const size = shape.reduce((all, extent) => all * extent, 1);
    const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
    const header = Buffer.from(`${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`, 'latin1');
    const begin = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
    return Buffer.concat([begin, header, Buffer.from(Float32Array.from({ length: size }, (_, i) => (i * 37 % 101) / 101).buffer)]);
}
