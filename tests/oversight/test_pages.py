"""What the public pages show, never show, and where their figures lead."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from conftest_oversight import NOW, OUTLINE, WORDS
