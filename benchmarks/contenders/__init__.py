"""Those who are compared: each module opens one way of sending, and is measured in a process of its own.

`python -m benchmarks.contenders NAME URL SECONDS` prints one JSON object. Nothing of the product is imported here, for
aiogram is measured with a Python that does not have it.
"""
