"""Build ``models/pose_landmarker_full.task`` from the mediapipe 0.10.21 wheel, and lite and heavy.

No later mediapipe release carries a pose model.  That wheel holds the two
TFLite files (Apache-2.0) but not the bundle the Tasks API wants: a *stored*
zip of both, each with TFLite metadata that names its input normalisation.
The landmark model's segmentation head, 40 % of its cost and used by nobody
here, is left out.

Run it in an environment of its own, because 0.10.21 wants an older numpy::

    python3.11 -m venv build && build/bin/pip install mediapipe==0.10.21
    build/bin/python tools/build_model.py

The lighter and the heavier model are in the npm package ``@mediapipe/pose``
(Apache-2.0), in nobody's wheel::

    npm pack @mediapipe/pose@0.5.1675469404
    build/bin/python tools/build_model.py --npm mediapipe-pose-0.5.1675469404.tgz FOLDER

The result is byte-identical on every run; its hash is in ``models/README.md``
and in ``formcheck/pose/models.py``.  ``--untouched`` builds the bundle with
the head as well, beside a patch from one to the other for the test that
compares their landmarks.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import lzma
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEEL_VERSION = "0.10.21"
# name in the bundle -> (file in the wheel, input mean, input std)
PARTS = {
    "pose_detector.tflite": ("modules/pose_detection/pose_detection.tflite", 127.5, 127.5),
    "pose_landmarks_detector.tflite": (
        "modules/pose_landmark/pose_landmark_full.tflite",
        0.0,
        255.0,
    ),
}
LANDMARKS = "pose_landmarks_detector.tflite"
NPM_SHA256 = "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84"
MASK_SHAPE, PRESENCE_SHAPE = [1, 256, 256, 1], [1, 1]
PATCH = Path("tests") / "data" / "segmentation_head.patch"
BLOCK = 48  # bytes; a shorter run is not worth a copy
ALIGNMENT = 4  # the loader maps the models from the file, so they must start aligned


def with_normalisation(model: bytes, mean: float, std: float) -> bytes:
    """Return ``model`` with TFLite metadata naming its input normalisation."""
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    writer = metadata_writer.MetadataWriter.create(bytearray(model))
    writer.add_image_input([mean], [std])
    populated, _json = writer.populate()
    return bytes(populated)


def without_segmentation(model: bytes) -> bytes:
    """Return a landmark model without the operators that only make the segmentation mask.

    No weight that is left is touched.  MediaPipe insists on five outputs, so the presence flag
    stands in the mask's place.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bytearray(model), 0))
    graph = tree.subgraphs[0]
    shapes = {int(o): list(graph.tensors[o].shape) for o in graph.outputs}
    mask = next(o for o, shape in shapes.items() if shape == MASK_SHAPE)
    presence = next(o for o, shape in shapes.items() if shape == PRESENCE_SHAPE)
    makers = {int(o): operator for operator in graph.operators for o in operator.outputs}
    needed, waiting = [], [o for o in shapes if o != mask]
    while waiting:
        operator = makers.get(waiting.pop())
        if operator is not None and operator not in needed:
            needed.append(operator)
            waiting += [int(i) for i in operator.inputs if i >= 0]
    graph.operators = [operator for operator in graph.operators if operator in needed]
    graph.outputs = [presence if o == mask else o for o in graph.outputs]
    used = {int(i) for i in (*graph.inputs, *graph.outputs)}
    for operator in graph.operators:
        used |= {int(i) for i in (*operator.inputs, *operator.outputs)}
    for i, tensor in enumerate(graph.tensors):
        if i not in used:
            tree.buffers[tensor.buffer].data = None
    for signature in tree.signatureDefs or ():
        for output in signature.outputs:
            if output.tensorIndex == mask:
                output.tensorIndex = presence
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def patch_between(old: bytes, new: bytes) -> bytes:
    """Return what makes ``new`` of ``old``: runs to copy and bytes to insert, compressed.

    Each piece is two little-endian 32-bit numbers: the start in ``old`` and the length of a run,
    or 2**32 - 1 and the number of bytes that follow.
    """
    places: dict[bytes, int] = {}
    for at in range(0, len(old) - BLOCK, 4):
        places.setdefault(old[at : at + BLOCK], at)
    out, fresh, at = bytearray(), bytearray(), 0

    def insert() -> None:
        if fresh:
            out.extend(struct.pack("<II", 2**32 - 1, len(fresh)) + fresh)
            fresh.clear()

    while at < len(new):
        start = places.get(new[at : at + BLOCK])
        if start is None:
            fresh.append(new[at])
            at += 1
            continue
        length = BLOCK
        while (
            at + length < len(new)
            and old[start + length : start + length + 1] == (new[at + length : at + length + 1])
        ):
            length += 1
        insert()
        out.extend(struct.pack("<II", start, length))
        at += length
    insert()
    return lzma.compress(bytes(out), preset=9)


def patched(old: bytes, patch: bytes) -> bytes:
    """Undo the pruning: what :func:`patch_between` made a patch of."""
    pieces, out, at = lzma.decompress(patch), bytearray(), 0
    while at < len(pieces):
        start, length = struct.unpack_from("<II", pieces, at)
        at += 8
        if start == 2**32 - 1:
            out += pieces[at : at + length]
            at += length
        else:
            out += old[start : start + length]
    return bytes(out)


def untouched_model() -> Path:
    """The bundle with its segmentation head, made from ours and the patch if it is not there."""
    path = ROOT / "models" / "pose_landmarker_full_untouched.task"
    if not path.exists():
        ours = (ROOT / "models" / "pose_landmarker_full.task").read_bytes()
        path.write_bytes(patched(ours, (ROOT / PATCH).read_bytes()))
    return path


def write_bundle(parts: dict[str, bytes], path: Path) -> None:
    """Write a stored zip whose members start on 4-byte boundaries, with fixed dates."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            assert bundle.fp is not None
            # A private extra field pads the local header (30 bytes, the name, the field).
            start = bundle.fp.tell() + 30 + len(name) + 4
            padding = -start % ALIGNMENT
            info.extra = b"\xfe\xca" + padding.to_bytes(2, "little") + b"\x00" * padding
            bundle.writestr(info, data)


def report(path: Path, parts: dict[str, bytes]) -> None:
    """Write a bundle and say what it is."""
    write_bundle(parts, path)
    data = path.read_bytes()
    print(f"{path.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


def build_from_npm(package: Path, detector: bytes, folder: Path) -> None:
    """Build lite and heavy from the npm package, whose hash is known."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != NPM_SHA256:
        sys.exit(f"{package}: sha256 {found}, wanted {NPM_SHA256}: see the top of this script")
    with tarfile.open(package) as archive:
        for name in ("lite", "heavy"):
            member = archive.extractfile(f"package/pose_landmark_{name}.tflite")
            assert member is not None
            pruned = without_segmentation(member.read())
            landmarks = with_normalisation(pruned, *PARTS[LANDMARKS][1:])
            parts = {"pose_detector.tflite": detector, LANDMARKS: landmarks}
            report(folder / f"pose_landmarker_{name}.task", parts)


def main() -> None:
    """Build the bundles beside this repository's ``models/README.md``."""
    found = importlib.metadata.version("mediapipe")
    if found != WHEEL_VERSION:
        sys.exit(f"needs mediapipe {WHEEL_VERSION}, found {found}: see the top of this script")
    import mediapipe

    def read(name: str) -> bytes:
        return (Path(mediapipe.__file__).parent / PARTS[name][0]).read_bytes()

    parts = {
        name: with_normalisation(read(name), mean, std) for name, (_, mean, std) in PARTS.items()
    }
    models = ROOT / "models"
    if "--npm" in sys.argv:
        package, folder = map(Path, sys.argv[sys.argv.index("--npm") + 1 :][:2])
        folder.mkdir(parents=True, exist_ok=True)
        build_from_npm(package, parts["pose_detector.tflite"], folder)
        return
    if "--untouched" in sys.argv:
        report(models / "pose_landmarker_full_untouched.task", parts)
    pruned = with_normalisation(without_segmentation(read(LANDMARKS)), *PARTS[LANDMARKS][1:])
    report(models / "pose_landmarker_full.task", parts | {LANDMARKS: pruned})
    if "--untouched" in sys.argv:
        old, new = (models / f"pose_landmarker_full{end}.task" for end in ("", "_untouched"))
        (ROOT / PATCH).write_bytes(patch_between(old.read_bytes(), new.read_bytes()))


if __name__ == "__main__":
    main()
