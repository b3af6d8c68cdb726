#!/usr/bin/env python3
"""Writes Tests/Golden/assignment/vectors.json: buckets, layers and Vanity's indexes, computed without any of the project's code."""
import hashlib
import json
import os


def utf16_units(text):
    data = text.encode("utf-16-le")
    return [data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)]


def fnv1a32(text):
    value = 0x811C9DC5
    for unit in utf16_units(text):
        value = (value ^ unit) * 16777619 % 2**32
    return value


def version1(seed, identity):
    return fnv1a32(identity + seed) % 1000


def version2(seed, identity):
    return fnv1a32(str(fnv1a32(seed + identity))) % 10000


def layer(name, identity):
    return fnv1a32(identity + "__" + name) % 1000


def md5(text):
    return hashlib.md5(text.encode("utf-8")).hexdigest()


def vanity_index(name, identity, alternatives):
    return int(md5(name + "/" + identity), 16) % alternatives


SEEDS = ["price", "", "seed with spaces", "prix-é", "値段", "🎲"]
IDENTITIES = [
    "u1", "0", "1234567890", "a" * 1024, "é" * 512, "👩‍👩‍👧", "\U00010000\uffff", "naïve@example.org", "日本語の利用者", "\u0000", "x\U0001F600y",
    "00000000-0000-4000-8000-000000000000",
]


def main():
    vectors = {
        "buckets": [
            {"seed": s, "identity": i, "version1": version1(s, i), "version2": version2(s, i), "layer": layer(s, i)}
            for s in SEEDS for i in IDENTITIES if len(i) < 100 or s in SEEDS[:2]
        ],
        "vanity": [
            {"name": s, "identity": i, "alternatives": n, "index": vanity_index(s, i, n)}
            for s in SEEDS for i in IDENTITIES if len(i) < 100 for n in (2, 3, 7, 256)
        ],
        "fingerprints": [
            {"id": e, "index": n, "fingerprint": md5(f"{e}:{n}")[-10:]} for e in ("price", "banner_colour", "0") for n in (0, 1, 9, 10, 255)
        ],
    }
    path = os.path.join(os.path.dirname(__file__), "..", "..", "Tests", "Golden", "assignment", "vectors.json")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        sections = (f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in vectors.items())
        file.write("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    main()
