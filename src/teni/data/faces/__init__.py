"""The embedded faces: invented people, drawn with exact keypoints."""

from teni.data.faces.keypoints import KEYPOINT_NAMES as KEYPOINT_NAMES
from teni.data.faces.keypoints import face_task as face_task
from teni.data.faces.look import Look as Look
from teni.data.faces.synthetic import synthetic_faces as synthetic_faces
