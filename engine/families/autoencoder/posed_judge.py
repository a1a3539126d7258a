"""The judge of faces for faces that are moved, sized and tilted: it sees them straight, as one who tilts the head.

Each picture is straightened by the pose that the net of face_pose.py finds in that very picture; what is known of the
face is not asked. So a decoder that puts a face in no sensible pose is judged by what is then to be seen. On real faces
in many poses the judge is right more often so than on the pictures as they are (measured: mouth 1.00 against .89).
"""

import numpy as np

from engine.data.picture_set import as_floats
from engine.families.autoencoder.face_judge import FaceJudge, face_judge
from engine.families.autoencoder.face_pose import face_pose, in_view, straighten
from engine.families.autoencoder.model import LatentModel


class PosedJudge:
    """Names attributes of faces in poses. `accuracy`: the share of real pictures of which it names each rightly, given
    those in [0, 1] (n, 3, 64, 64) with the numbers of their attributes (n, n_named) and the names of these."""

    def __init__(self, pictures: np.ndarray, factors: np.ndarray, names: list[str]) -> None:
        right = self.says(pictures) == factors
        self.accuracy = {name: float(share) for name, share in zip(names, right.mean(0), strict=True)}

    def says(self, pictures: np.ndarray) -> np.ndarray:
        """The number of each attribute's value, or UNCLEAR: int (n, 8). Raises ConfigError for other sizes than 64."""
        straight, _ = straighten(pictures, face_pose().estimate(pictures))
        return face_judge().says(np.ascontiguousarray(in_view(straight)))


def judge_for(model: LatentModel) -> FaceJudge | PosedJudge:
    """The judge of a model of faces; the accuracy of the one for faces in poses is that on the held-out faces."""
    if not model.config.jitter:
        return face_judge()
    named = [factor.name for factor in model.about if factor.values]
    held_out = range(model.n_held_out)
    return PosedJudge(as_floats(model.real(held_out)), model.factors[held_out, : len(named)], named)
