"""Writes the small files beside this script with software independent of ours, and expected.json with what they hold.

Used: Python 3.11, numpy, scipy 1.17.1 (scipy.io.savemat, scipy.io.wavfile), the standard modules wave and audioop,
SoX 14.4.2. The HTK files are packed by hand after The HTK Book 3.4, section 5.10.1; HTK's checksum is
UpdateCRCC of HTKLib/HParm.c. Run: python generate.py
"""
import audioop, json, os, struct, subprocess, wave
import numpy as np
import scipy.io, scipy.io.wavfile

os.chdir(os.path.dirname(os.path.abspath(__file__)))
expected = {}
rate = 16000
ints = np.array([0, 1, -1, 2, 100, -100, 255, -256, 1000, -1000, 12345, -12345, 32767, -32768, 30000, -30000, 7, -7, 4660, -4661], np.int16)
second = ints[::-1].copy()


def note(name, samples):
    expected[name] = {"rate": rate, "samples": [float(x) for x in samples]}


def sox(name, *options, channels=1, data=None):
    raw = (ints if data is None else data).tobytes()
    # -D: no dither
    subprocess.run(
        ["sox", "-D", "-t", "raw", "-r", str(rate), "-e", "signed", "-b", "16", "-c", str(channels), "-L", "-", *options, name],
        input=raw, check=True)


# WAV
scipy.io.wavfile.write("pcm16.wav", rate, ints); note("pcm16.wav", ints / 32768)
eight = (ints.astype(np.int32) // 256 + 128).astype(np.uint8)
scipy.io.wavfile.write("pcm8.wav", rate, eight); note("pcm8.wav", (eight.astype(float) - 128) / 128)
wide = ints.astype(np.int32) * 65536 + 4321
scipy.io.wavfile.write("pcm32.wav", rate, wide); note("pcm32.wav", np.float32(wide / 2**31))
floats = np.float32(ints / 20000)
scipy.io.wavfile.write("float32.wav", rate, floats); note("float32.wav", floats)
scipy.io.wavfile.write("float64.wav", rate, ints / 30000); note("float64.wav", np.float32(ints / 30000))
scipy.io.wavfile.write("stereo.wav", rate, np.stack([ints, second], axis=1))
note("stereo.wav", (ints.astype(float) + second) / 2 / 32768)
note("stereo.wav#1", second / 32768)
with wave.open("pcm24.wav", "wb") as out:
    out.setnchannels(1); out.setsampwidth(3); out.setframerate(rate)
    medium = ints.astype(np.int32) * 256 + 77
    out.writeframes(b"".join(struct.pack("<i", v)[:3] for v in medium))
note("pcm24.wav", medium / 2**23)
sox("extensible24.wav", "-b", "24"); note("extensible24.wav", ints / 32768)
for law, decode in (("mu-law", audioop.ulaw2lin), ("a-law", audioop.alaw2lin)):
    sox(f"{law}.wav", "-e", law)
    with open(f"{law}.wav", "rb") as f:
        content = f.read()
    at = content.index(b"data") + 8
    note(f"{law}.wav", np.frombuffer(decode(content[at:at + len(ints)], 2), np.int16) / 32768)

# SPHERE
sox("pcm.sph"); note("pcm.sph", ints / 32768)
sox("pcm-big.sph", "-B"); note("pcm-big.sph", ints / 32768)
sox("stereo.sph", channels=2, data=np.stack([ints, second], axis=1))
note("stereo.sph", (ints.astype(float) + second) / 2 / 32768)
sox("mu-law.sph", "-e", "mu-law")
with open("mu-law.sph", "rb") as f:
    note("mu-law.sph", np.frombuffer(audioop.ulaw2lin(f.read()[1024:], 2), np.int16) / 32768)

# MATLAB level 4, as AVLetters' lips and one variable of every other type
frames = (np.arange(12 * 5).reshape(12, 5) * 37 % 256).astype(np.uint8)
scipy.io.savemat("lips-v4.mat", {"vid": frames, "siz": np.array([[3.0, 4.0, 5.0]])}, format="4")
types = {
    "d": np.array([[1.5, -2.25], [3.125, 1e300], [0.0, -1e-300]]),
    "f": np.array([[1.5, -2.25, 3.5]], np.float32),
    "i": np.array([[-2**31], [2**31 - 1]], np.int32),
    "s": np.array([[-32768, 32767]], np.int16),
    "u": np.array([[65535, 1], [2, 3]], np.uint16),
    "b": np.array([[0, 255, 7]], np.uint8),
}
scipy.io.savemat("types-v4.mat", types, format="4")
scipy.io.savemat("text-v4.mat", {"title": "lips"}, format="4")
scipy.io.savemat("complex-v4.mat", {"z": np.array([[1 + 2j]])}, format="4")
import scipy.sparse
scipy.io.savemat("sparse-v4.mat", {"eye": scipy.sparse.eye(3).tocsc()}, format="4")
scipy.io.savemat("level5.mat", {"vid": frames}, format="5")
for name, arrays in (("lips-v4.mat", {"vid": frames, "siz": np.array([[3.0, 4.0, 5.0]])}), ("types-v4.mat", types)):
    expected[name] = {
        key: {"rows": a.shape[0], "columns": a.shape[1], "data": [float(x) for x in a.flatten(order="F")]}
        for key, a in arrays.items()
    }

# HTK
features = np.float32([[1.5, -2.0, 0.25], [3.0, 4.0, -5.5], [-60.0, 0.125, 7.0], [0.0, 1.0, 2.0]])
plain = features.astype(">f4").tobytes()


def crc(data):
    total = 0
    for (word,) in struct.iter_unpack(">H", data):
        total = (total * 65536 + word) % 36897
    return struct.pack(">H", total)


MFCC_E_D = 0o506
least, most = features.min(axis=0), features.max(axis=0)
a = np.float32(2 * 32767 / (most - least))
b = np.float32((most + least) * 32767 / (most - least))
short = np.rint(features * a - b).astype(">i2")
packed = a.astype(">f4").tobytes() + b.astype(">f4").tobytes() + short.tobytes()
for name, count, size, kind, data in (
    ("plain.mfcc", 4, 12, MFCC_E_D, plain),
    ("checksum.mfcc", 4, 12, MFCC_E_D | 0o10000, plain + crc(plain)),
    ("compressed.mfcc", 8, 6, MFCC_E_D | 0o2000, packed),
    ("compressed-checksum.mfcc", 8, 6, MFCC_E_D | 0o12000, packed + crc(packed)),
):
    with open(name, "wb") as f:
        f.write(struct.pack(">iihH", count, 200000, size, kind) + data)
    restored = features if size == 12 else (short.astype(np.float32) + b) / a
    expected[name] = {"rows": 4, "columns": 3, "values": [float(x) for x in restored.flatten()]}
sox("waveform.htk")

with open("expected.json", "w") as f:
    json.dump(expected, f, indent=0)
    f.write("\n")
