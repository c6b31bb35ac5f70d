"""What the tests of explanations share."""

import warnings

# shap imports matplotlib where it is installed, whose deprecations are not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import shap  # noqa: F401
