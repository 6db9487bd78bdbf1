"""Reference values of the special functions, computed with 60 digits by mpmath 1.3 (python3 special.py > special.json)."""
import json
import random

import mpmath as mp

mp.mp.dps = 60
random.seed(2021)


def sine_cosine():
    points = [10 ** random.uniform(-8, 8) for _ in range(120)] + [random.uniform(0, 60) for _ in range(80)] + [random.uniform(4, 6) for _ in range(40)]
    points += [1e-300, 4.0, 4.000000001, 47.999999, 48.0, 1e8]
    rows = []
    for x in points:
        big = mp.mpf(x)
        cin = mp.nsum(lambda k: (-1) ** (k + 1) * big ** (2 * k) / (2 * k * mp.factorial(2 * k)), [1, 12]) if x < 0.1 \
            else mp.log(big) + mp.euler - mp.ci(big)
        rows.append([x, float(mp.si(big)), float(cin)])
    return rows


def bessel(x, count):
    """Miller's recurrence from far above, with 60 digits."""
    big = mp.mpf(x)
    start = int(x) + count + 400
    values = [mp.mpf(0)] * (start + 2)
    values[start] = mp.mpf(10) ** -300
    for k in range(start, 0, -1):
        values[k - 1] = 2 * k / big * values[k] - values[k + 1]
    norm = values[0] + 2 * sum(values[2::2])
    return [value / norm for value in values[:count]]


def bessel_rows():
    rows = []
    for x in [1e-8, 1e-4, 1.1e-4, 0.5, 1.0, 3.3, 10.0, 25.5, 99.9, 1000.0, 9999.5]:
        orders = sorted(set(list(range(0, 12)) + [int(x * f) for f in (0.2, 0.5, 0.9)] + list(range(max(0, int(x) - 8), int(x) + 60, 7))))
        values = bessel(x, orders[-1] + 1)
        rows.append([x, orders, [float(values[k]) for k in orders]])
    return rows


def scaled_phi(s):
    """t φ(y) of the second-difference formula, s = y t."""
    if s == 0:
        return mp.mpc(0)
    size = abs(s)
    cin = mp.log(size) + mp.euler - mp.ci(size) if size > mp.mpf("1e-20") else size ** 2 / 4
    return 1 - mp.expj(-s) - 1j * s + 1j * s * (cin + 1j * mp.sign(s) * mp.si(size))


def flat_window():
    """[mismatch, time, width, Re, Im] of the finite-time transform, [time, width, envelope, rescaled time]."""
    transforms, envelopes = [], []
    for i in range(400):
        width = 10 ** random.uniform(-3, 2)
        x = random.uniform(0.01, 60) if i % 2 else 10 ** random.uniform(-6, 6)
        u = [10 ** random.uniform(-8, 4), random.uniform(0, 3), 1 + random.choice([-1, 1]) * 10 ** random.uniform(-15, -1),
             random.choice([1.0, 2.0, 0.5])][random.randrange(4)]
        time, mismatch = x / width, u * width * random.choice([-1, 1])
        w, t, d = mp.mpf(mismatch), mp.mpf(time), mp.mpf(width)
        value = (2 * scaled_phi(w * t) - scaled_phi((w - d) * t) - scaled_phi((w + d) * t)) / (2 * mp.pi * d * t)
        transforms.append([mismatch, time, width, float(value.real), float(value.imag)])
        x = d * t
        envelope = 2 / mp.pi * (mp.si(x) - (1 - mp.cos(x)) / x)
        cin = mp.log(x) + mp.euler - mp.ci(x)
        envelopes.append([time, width, float(envelope), float(t * envelope - 2 / (mp.pi * d) * cin)])
    return transforms, envelopes


transforms, envelopes = flat_window()
print(json.dumps({
    "origin": "mpmath 1.3, 60 digits: python3 special.py > special.json",
    "sineCosine": sine_cosine(), "bessel": bessel_rows(), "transforms": transforms, "envelopes": envelopes,
}, indent=None, separators=(",", ":")).replace("],[", "],\n["))
