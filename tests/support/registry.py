"""The models of the sample catalog as the sandbox's registry has them, and the command that verifies them."""

from collections.abc import Callable

from tests.support.paths import ROOT
from tests.support.sandbox.accounts import HUB, REGION

FRAUD = "products/fraud-detector-realtime/product.yaml"
EMBEDDER = "products/text-embedder-serverless/product.yaml"
PACKAGES = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package"
BUCKET = "model-catalog-artifacts-hub"
SETTINGS = ROOT / "cli" / "rehearsal" / "settings" / "Pulumi.hub.yaml"

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., None]
