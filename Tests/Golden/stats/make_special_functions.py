"""Writes special-functions-edges.json: rows beside special-functions.json where double precision is hardest
(tails to 1e-300, poles and zeros, parameters to 1e7, arguments at the mean). Needs mpmath; 60 digits, rounded once."""
import json
from mpmath import mp, mpf, gammainc, loggamma, erfc, sqrt, log, findroot, exp, inf

mp.dps = 60
rows = []

def add(f, y, **args):
    rows.append({"f": f, **args, "y": float(y)})

def norm_sf(x):
    return erfc(x / sqrt(mpf(2))) / 2

for x in [-37.5, -30, -25.3, -14.2, -6.1, -2.5, -1, -0.67, -0.3, -1e-3, 1e-12, 0.1, 1.5, 2.75, 6.3]:
    add("normCdf", norm_sf(-mpf(x)), x=x)
    add("normSf", norm_sf(mpf(-x)), x=-x)

for p in [1e-300, 1e-250, 1e-200, 1e-50, 1e-10, 1e-5, 0.01, 0.024, 0.0253, 0.3, 0.425, 0.49, 0.575, 0.925, 0.975, 0.999999, 1 - 2.0 ** -52]:
    q = mpf(repr(p))  # the decimal number as written
    start = -sqrt(-2 * log(min(q, 1 - q))) if min(q, 1 - q) < 0.1 else mpf(-0.5)
    start = start if q < 0.5 else -start
    f = (lambda z: log(norm_sf(-z)) - log(q)) if q < 0.5 else (lambda z: log(norm_sf(z)) - log(1 - q))
    add("normInv", findroot(f, start), p=p)

def beta_tails(a, b, x):
    """I_x(a,b) and 1 - I_x(a,b), by the series about the nearer end, with digits enough for what cancels."""
    with mp.workdps(420):
        a, b, x = mpf(a), mpf(b), mpf(x)
        front = exp(a * log(x) + b * log(1 - x) - (loggamma(a) + loggamma(b) - loggamma(a + b)))
        if x < 0.5:
            y = front / a * series(a, b, x, 400)
            return y, 1 - y
        c = front / b * series(b, a, 1 - x, 400)
        return 1 - c, c

def series(a, b, x, digits=58):
    """2F1(a+b, 1; a+1; x): all terms positive."""
    term = total = mpf(1)
    n = 0
    least = mpf(10) ** -digits
    while term > total * least:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return total

def t_sf(t, df):
    """The series in df/(df+t^2) in the far tail, else the complement of the one about t = 0, with digits enough for what cancels."""
    if t * t > df:
        t, df = mpf(t), mpf(df)
        x, y = df / (df + t * t), t * t / (df + t * t)
        front = exp(df / 2 * log(x) + log(y) / 2 - (loggamma(df / 2) + loggamma(mpf(1) / 2) - loggamma(df / 2 + mpf(1) / 2)))
        return front / df * series(df / 2, mpf(1) / 2, x)
    with mp.workdps(420):
        t, df = mpf(t), mpf(df)
        y = t * t / (df + t * t)
        front = exp(df / 2 * log(1 - y) + log(y) / 2 - (loggamma(df / 2) + loggamma(mpf(1) / 2) - loggamma(df / 2 + mpf(1) / 2)))
        return (1 - front * 2 * series(mpf(1) / 2, df / 2, y, 400)) / 2

for df in [1, 1.3, 2, 7, 15.5, 40, 60, 200.25, 999, 5000, 123456.7, 1e6, 1e7, 1e9]:
    for t in [1e-8, 0.01, 0.3, 1.2, 1.959963984540054, 3.3, 6, 15, 37]:
        if df <= 1e7 or t < 7:
            add("tSf", t_sf(t, df), t=t, df=df)

for df in [0.5, 1, 2, 3, 7, 30, 99, 255, 1000, 20000]:
    for r in [1e-3, 0.2, 0.7, 0.99, 1, 1.02, 1.3, 2, 5]:
        x = float(r * df)
        y = gammainc(mpf(df) / 2, mpf(x) / 2, inf, regularized=True)
        if y > mpf("1e-300"):
            add("chi2Sf", y, x=x, df=df)

for a, b in [(0.5, 0.5), (0.5, 30), (1, 1e6), (3, 17.5), (2000, 3), (1e4, 1e4), (1e5, 9e5), (1e6, 1e6), (1e6, 30), (100900.5, 899102), (0.01, 5), (150, 1e6)]:
    m = mpf(a) / (mpf(a) + mpf(b))
    sd = sqrt(m * (1 - m) / (mpf(a) + mpf(b) + 1))
    for z in [-20, -6, -3, -1, -0.1, 0, 0.5, 2, 4, 9, 25]:
        x = float(m + z * sd)
        if 0 < x < 1:
            y, c = beta_tails(a, b, x)
            if y > mpf("1e-300"):
                add("betaInc", y, a=a, b=b, x=x)
            if c > mpf("1e-300"):
                add("betaSf", c, a=a, b=b, x=x)

# The row of special-functions.json that is itself off by 3.4e-12.
add("betaInc", beta_tails(3000, 7000, 0.3)[0], a=3000, b=7000, x=0.3)

for x in [1e-300, 1e-20, 1e-3, 0.25, 0.5, 0.7, 0.999, 0.9999999, 1.0000001, 1.001, 1.2, 1.4616321449683623, 1.7, 1.9999, 2, 2.0001, 2.3, 2.5,
          2.7, 3, 5.5, 7.9, 8.1, 12, 15.3, 30, 100, 171.5, 1000, 1e6, 123456789.5, 1e12]:
    add("logGamma", loggamma(mpf(x)), x=x)

with open("special-functions-edges.json", "w") as out:
    out.write('{\n "note": "as special-functions.json, where double precision is hardest; made by make_special_functions.py (mpmath, 60 digits)",\n "cases": [\n')
    out.write(",\n".join("  " + json.dumps(r) for r in rows))
    out.write("\n ]\n}\n")
print(len(rows))
