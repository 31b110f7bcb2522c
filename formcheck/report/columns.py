"""What the columns of the tables hold, in a sentence each."""

from formcheck.squat.faults import FAULTS
from formcheck.squat.faults.finding import Verdict

COLUMN_TEXTS = {
    "file": "Name of the clip.",
    "subject": "Whom the clip belongs to: by its folder, or by --subject.",
    "rep": "Number of the repetition in the clip, or in the set.",
    "set_number": "Number of the set in the clip: a longer rest begins a new one.",
    "start_s": "When the way down begins, in seconds from the first picture.",
    "bottom_s": "When the hips are lowest, in seconds from the first picture.",
    "end_s": "When the lifter stands again, in seconds from the first picture.",
    "view": "From where the camera sees the lifter.",
    "yaw_deg": "How far the lifter is turned from facing the camera, in degrees.",
    "depth_category": "How deep the squat went, in a word.",
    "hip_drop_ratio": "How far the hips sank, as a share of their height standing.",
    "knee_flexion_deg": "Bend of the knee at the bottom, in degrees; seen from the side only.",
    "trunk_inclination_deg": "Lean of the trunk at the bottom, in degrees; from the side only.",
    "eccentric_s": "Seconds on the way down; empty in slow motion of unknown speed.",
    "pause_s": "Seconds at the bottom.",
    "concentric_s": "Seconds on the way up.",
    "fault": "The fault that this row is about.",
    "verdict": "ok, borderline, fault or not_assessable.",
    "severity": "none, note, mild, moderate or marked.",
    "side": "The lifter's own side that shows it.",
    "value": "What was measured, in the unit beside it.",
    "unit": "Unit of value, threshold and uncertainty; pct is percent.",
    "threshold": "The limit that the value was held against.",
    "uncertainty": "The value may be off by this much to either side (95 % interval).",
    "confidence": "How far the verdict can be relied on: low, medium or high.",
    "time_s": "When it is seen best, in seconds from the first picture.",
    "reason": "The verdict in words.",
    "result": "The file that holds the whole result.",
    "status": "scored, partial (some of the file could not be read) or failed.",
    "n_reps": "Squats counted.",
    "n_discarded": "Movements that were not counted as squats.",
    "duration_s": "Length of the clip in seconds.",
    "width_px": "Width of the upright picture in pixels.",
    "height_px": "Height of the upright picture in pixels.",
    "sha256": "Fingerprint of the file's content.",
    "message": "What is to be said of the clip, or why it failed.",
    "input": "The clip as it was given.",
    "set": "Name of the set that two cameras filmed.",
    "front_rep": "Number of the repetition in the front clip.",
    "side_rep": "Number of the repetition in the side clip.",
    "front_result": "Result file of the front clip.",
    "side_result": "Result file of the side clip.",
    "seen_from": "The camera that the verdict is taken from.",
    "note": "What is to be said of the pair.",
    **{
        f"{fault.name}_{verdict}": f"Repetitions with the verdict {verdict} for {fault.title}."
        for fault in FAULTS
        for verdict in Verdict
    },
}
