"""The chain on other people's recordings: a table of samples in, a row a rep out."""

from emgfeedback.analyse.errors import AnalysisError
from emgfeedback.analyse.run import Analysis, AnalysisRequest, analyse

__all__ = ["Analysis", "AnalysisError", "AnalysisRequest", "analyse"]
