"""Writes scalars.tfevents with TensorBoard's own record writer and protocol buffers.

Needs the package tensorboard (made with 2.21.0, protobuf 7.36.2). The CRCs are checked with crcmod where it is installed.
"""
import struct
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

events = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000001.5, step=1, summary=Summary(value=[Summary.Value(tag="rbm left/reconstruction", simple_value=12.5)])),
    Event(wall_time=1700000002.5, step=300, summary=Summary(value=[Summary.Value(tag="größe → 1/loss", simple_value=0.1)])),
    Event(wall_time=1700000003, step=2**40, summary=Summary(value=[Summary.Value(tag="t" * 200, simple_value=-1e-20)])),
]
path = Path(__file__).with_name("scalars.tfevents")
with path.open("wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()

try:
    import crcmod.predefined
except ImportError:
    print("crcmod is not installed: the CRCs were not checked")
else:
    crc = crcmod.predefined.mkPredefinedCrcFun("crc-32c")
    masked = lambda data: ((crc(data) >> 15 | crc(data) << 17) + 0xA282EAD8) & 0xFFFFFFFF
    data, at = path.read_bytes(), 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at : at + 8])
        record = data[at + 12 : at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(record)
        at += 16 + length
    print("crcmod gives the same CRCs")
