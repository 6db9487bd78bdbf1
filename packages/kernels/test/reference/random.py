"""First uniforms of some streams, from an independent transcription of MurmurHash3 x86_128 and xoroshiro128+ (Blackman and Vigna,
rotations 24, 16, 37): python3 random.py > random.json. Integers only, so the values are exact."""
import json
import struct
import sys

sys.path.pop(0)  # this file must not hide the standard library's module of the same name
M32, M64 = (1 << 32) - 1, (1 << 64) - 1


def rot(x, r, bits):
    return ((x << r) | (x >> (bits - r))) & ((1 << bits) - 1)


def fmix(h):
    h ^= h >> 16
    h = h * 0x85EBCA6B & M32
    h ^= h >> 13
    h = h * 0xC2B2AE35 & M32
    return h ^ (h >> 16)


def murmur3_x86_128(data, seed=0):
    c = [0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93]
    inner, outer, add = [15, 16, 17, 18], [19, 17, 15, 13], [0x561CCD1B, 0x0BCAA747, 0x96CD1C35, 0x32AC3B17]
    h = [seed] * 4
    assert len(data) % 16 == 0
    for at in range(0, len(data), 16):
        words = struct.unpack("<4I", data[at:at + 16])
        for i in range(4):
            h[i] ^= rot(words[i] * c[i] & M32, inner[i], 32) * c[(i + 1) % 4] & M32
            h[i] = ((rot(h[i], outer[i], 32) + h[(i + 1) % 4]) * 5 + add[i]) & M32
    h = [x ^ len(data) for x in h]
    for last in range(2):
        h[0] = sum(h) & M32
        h = [h[0]] + [(x + h[0]) & M32 for x in h[1:]]
        if last == 0:
            h = [fmix(x) for x in h]
    return h


def uniforms(numbers, count):
    data = b"".join(struct.pack("<d", n) + struct.pack("<II", i, 0) for i, n in enumerate(numbers))
    h = murmur3_x86_128(data)
    s0, s1 = h[0] << 32 | h[1], h[2] << 32 | h[3]
    result = []
    for _ in range(count):
        pair = []
        for shift in (5, 6):
            pair.append(((s0 + s1) & M32) >> shift)
            t = s1 ^ s0
            s0, s1 = rot(s0, 24, 64) ^ t ^ (t << 16 & M64), rot(t, 37, 64)
        result.append((pair[0] * 2 ** 26 + pair[1]) / 2 ** 53)
    return result


cases = [[0], [1], [2021, 3], [2021, 3, 7], [-5, 0.5], [1e300, -1e-300], [9007199254740991]]
print(json.dumps({"origin": "python3 random.py > random.json", "streams": [[case, uniforms(case, 6)] for case in cases]}, separators=(",", ":")))
