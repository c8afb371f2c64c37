"""A stage whose catalog two stacks of the hub publish, and which rollouts run."""

import yaml

from tests.support.stage import Stage

ONLINE, BATCH, GPU = "online-inference", "batch-inference", "gpu-inference"
NAMESPACE = "model-catalog-hub"


def divide_hub(stage: Stage) -> None:
    """Let two stacks publish the catalog, one spoke launch from both, and rollouts run all of them."""
    (stage.project / "Pulumi.spoke-production.yaml").unlink()
    _ = (stage.project / "fleet.yaml").write_text("hubs: true\n")
    path = stage.project / "Pulumi.hub.yaml"
    settings = yaml.safe_load(path.read_text())
    shares = settings["config"][f"{NAMESPACE}:shares"]
    for name, portfolios in (("hub", [ONLINE, GPU]), ("hub-batch", [BATCH])):
        shared = [share for share in shares if share["portfolio"] in portfolios]
        own = {f"{NAMESPACE}:portfolios": portfolios, f"{NAMESPACE}:shares": shared}
        text = yaml.safe_dump({**settings, "config": settings["config"] | own})
        _ = (stage.project / f"Pulumi.{name}.yaml").write_text(text)
    spoke = stage.project / "Pulumi.spoke-research.yaml"
    content = yaml.safe_load(spoke.read_text())
    content["config"]["model-catalog-spoke:hubStack"] = ["hub", "hub-batch"]
    [follower] = [
        each for each in content["config"]["model-catalog-spoke:launches"] if each["name"] == "demand-forecast"
    ]
    follower["version"] = "~1.0"
    _ = spoke.write_text(yaml.safe_dump(content))
