"""Writes bayes-beta-edges.json: comparisons of Beta posteriors beside bayes-beta.json (narrow, wide, far apart, tiny parameters).
Needs mpmath; 40 digits; Simpson's rule on an even grid of the logit, so nothing is shared with the product's quadrature."""
import json
from mpmath import mp, mpf, exp, log, loggamma, sqrt

mp.dps = 40

def compare(arms, points):
    arms = [(mpf(a), mpf(b)) for a, b in arms]
    sds = [sqrt(1 / a + 1 / b) for a, b in arms]
    low = min(log(a / b) - max(16 * s, 60 / a if a < 40 else 0) for (a, b), s in zip(arms, sds))
    high = max(log(a / b) + max(16 * s, 60 / b if b < 40 else 0) for (a, b), s in zip(arms, sds))
    h = (high - low) / points
    norm = [loggamma(a + b) - loggamma(a) - loggamma(b) for a, b in arms]
    ys = [low + h * i / 2 for i in range(2 * points + 1)]
    ls = [(-log(1 + exp(-y)), -log(1 + exp(y))) for y in ys]
    dens = [[exp(n + a * lx + b * lc) for lx, lc in ls] for (a, b), n in zip(arms, norm)]
    # Distribution functions on the even points: the trapezium is exact to all digits for a whole smooth density, so a
    # running integral of the Taylor kind is used instead: Simpson on each half-step pair.
    dist = []
    for f in dens:
        total = mpf(0)
        run = [mpf(0)]
        for i in range(points):
            total += h / 6 * (f[2 * i] + 4 * f[2 * i + 1] + f[2 * i + 2])
            run.append(total)
        dist.append(run)
    k = len(arms)
    best = [mpf(0)] * k
    emax = mpf(0)
    for i in range(points + 1):
        weight = h / 3 * (1 if i in (0, points) else 4 if i % 2 else 2)
        x = exp(ls[2 * i][0])
        for j in range(k):
            term = weight * dens[j][2 * i]
            for m in range(k):
                if m != j:
                    term *= dist[m][i]
            best[j] += term
            emax += term * x
    return best, emax

def richardson(arms, points):
    one, two = compare(arms, points), compare(arms, 2 * points)
    best = [b + (b - a) / 15 for a, b in zip(one[0], two[0])]
    emax = two[1] + (two[1] - one[1]) / 15
    print([float(abs(a - b)) for a, b in zip(one[0], two[0])], float(sum(best) - 1))
    return best, emax

cases = []
for arms, points in [
    ([(100001, 900001), (100901, 899101)], 2000),
    ([(10001, 990001), (10051, 989951), (10101, 989901)], 2000),
    ([(0.5, 0.5), (3.5, 7.5)], 6000),
    ([(1, 1), (100, 900), (101, 900)], 8000),
    ([(2, 50001), (6, 50001), (1, 50001)], 4000),
    ([(1000, 10), (990, 20), (1, 1)], 8000),
    ([(20, 80), (2000, 8000)], 6000),
]:
    best, emax = richardson(arms, points)
    means = [mpf(a) / (mpf(a) + mpf(b)) for a, b in arms]
    cases.append({"arms": [{"alpha": a, "beta": b} for a, b in arms], "pBest": [float(b) for b in best], "eMax": float(emax),
                  "expectedLoss": [float(emax - m) for m in means]})

with open("bayes-beta-edges.json", "w") as out:
    out.write('{\n "note": "as bayes-beta.json, narrow, wide and far apart; made by make_bayes_edges.py (mpmath, 40 digits)",\n "cases": [\n')
    out.write(",\n".join("  " + json.dumps(c) for c in cases))
    out.write("\n ]\n}\n")
