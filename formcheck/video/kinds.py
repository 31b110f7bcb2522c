"""The kinds of file that are taken for videos: one list for all who ask."""

VIDEO_KINDS = (
    "mp4", "mov", "m4v", "3gp", "3g2", "qt", "mkv", "webm", "avi", "ts", "mts", "m2ts",
    "mpg", "mpeg", "vob", "wmv", "asf", "flv", "gif",
)  # fmt: skip
"""What follows the dot, the usual ones first."""
VIDEO_SUFFIXES = frozenset(f".{kind}" for kind in VIDEO_KINDS)
KINDS_IN_WORDS = f"{', '.join(VIDEO_KINDS[:-1])} or {VIDEO_KINDS[-1]}"
DEMUXERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,gif"
"""FFmpeg's readers of them: none can name another file."""
