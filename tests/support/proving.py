"""Three accounts of a sandbox for a proof, and how to make things in them."""

import json
from dataclasses import dataclass
from typing import Any

from cli.proving.inventory import Item, look_everywhere
from cli.proving.parties import PARTS, Parties
from cli.proving.record import Process, Record
from cli.proving.rehearsal import ACCOUNTS
from cli.proving.stage import Stage
from cli.proving.step import Proof
from tests.support.sandbox.process import Sandbox

PROFILES = {part: f"proof-{part}" for part in PARTS}
MARK = "proof-abc123"


@dataclass(frozen=True)
class World:
    """The accounts, and how to make things in them."""

    sandbox: Sandbox
    parties: Parties

    def client(self, part: str, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self.parties.client(part, service)

    def items(self) -> list[Item]:
        return look_everywhere(self.parties)

    @property
    def unit(self) -> str:
        organizations = self.client("management", "organizations")
        return organizations.list_parents(ChildId=ACCOUNTS["spoke"])["Parents"][0]["Id"]

    def proof(self) -> Proof:
        """A run that has begun, and made nothing yet."""
        record = Record(
            run="2026-11-27-abc123",
            mark=MARK,
            region=self.parties.region,
            profiles=PROFILES,
            accounts=self.parties.ids,
            plugin="stand-in",
            on="the sandbox",
            process=Process(pid=2**22 + 1, began=0),
            before={part: [str(item) for item in self.items() if item.part == part] for part in PARTS},
        )
        return Proof(self.parties, record, Stage(record, self.parties["management"]), "", self.unit)

    def role(self, part: str, name: str) -> None:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "servicecatalog.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self.client(part, "iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
