"""Making the face of the measured person unrecognisable."""

import cv2
import numpy as np

from formcheck.pose.track import FloatArray
from formcheck.report.faces import TALL, TILES, UP
from formcheck.video.reading import ImageArray


def hide_face(image: ImageArray, face: FloatArray) -> ImageArray:
    """Return the picture with an ellipse replaced by a few tiles: nothing to sharpen back.

    ``face`` is one of :func:`formcheck.report.faces.faces_of`, in the pixels of ``image``, which
    stays as it is.
    """
    x, y, radius = (float(v) for v in face)
    if radius <= 0:
        return image
    height, width = image.shape[:2]
    y -= UP * radius
    half_w, half_h = radius, TALL * radius
    x0, x1 = (int(np.clip(v, 0, width)) for v in (x - half_w, x + half_w))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (y - half_h, y + half_h))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return image
    out = image.copy()
    part = out[y0:y1, x0:x1]
    tiles = cv2.resize(part, TILES, interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
    mask = np.zeros(part.shape[:2], np.uint8)
    centre = (round(x - x0), round(y - y0))
    cv2.ellipse(mask, centre, (round(half_w), round(half_h)), 0, 0, 360, 255, -1)
    part[mask > 0] = mosaic[mask > 0]
    return out
