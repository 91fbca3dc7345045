"""Which classes of a model are which of our labels."""

from fanlight.hub.detector.event import Label

# fmt: off
COCO = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
    "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
    "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard",
    "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase",
    "scissors", "teddy bear", "hair drier", "toothbrush",
)  # the 80 classes of COCO 2017 in their usual order
# fmt: on

_NAMES: dict[Label, str] = {
    "person": "person, pedestrian, people, human",
    "vehicle": "bicycle, bike, car, motorcycle, motorbike, bus, truck, van",
    "animal": "bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, deer, fox, raccoon",
    "package": "backpack, handbag, suitcase, package, parcel, box, cardboard box",
}
LABEL_OF: dict[str, Label] = {name: label for label, names in _NAMES.items() for name in names.split(", ")}
