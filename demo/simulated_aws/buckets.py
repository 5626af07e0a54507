"""The two buckets with the assets, which copy to each other, and those for their logs."""

from typing import Any

from demo.simulated_aws.account import (
    ACCOUNT_ID,
    BUCKETS,
    HOME_REGION,
    LOG_BUCKETS,
    REPLICATION_ROLE,
    TAG_LIST,
    Account,
)
from demo.simulated_aws.policies import allow, create_role, document, put_role_policy


def create_buckets(account: Account) -> None:
    _replication_role(account)
    for region, bucket in BUCKETS.items():
        log_bucket = LOG_BUCKETS[region]
        deliver = allow(["s3:PutObject"], f"arn:aws:s3:::{log_bucket}/*") | {
            "Principal": {"Service": "logging.s3.amazonaws.com"}
        }
        s3 = _bucket(account, region, log_bucket)
        s3.put_bucket_policy(Bucket=log_bucket, Policy=document(deliver))
        _bucket(account, region, bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_logging(
            Bucket=bucket,
            BucketLoggingStatus={
                "LoggingEnabled": {"TargetBucket": log_bucket, "TargetPrefix": "s3/"}
            },
        )
    for source, target in ((HOME_REGION, "us-west-2"), ("us-west-2", HOME_REGION)):
        account.client("s3", source).put_bucket_replication(
            Bucket=BUCKETS[source], ReplicationConfiguration=replication(source, target)
        )


def replication(source: str, target: str) -> dict[str, Any]:
    """Everything that is written or deleted in `source` follows in `target` within 15 minutes."""
    within_15_minutes = {"Minutes": 15}
    return {
        "Role": REPLICATION_ROLE,
        "Rules": [
            {
                "ID": f"to-{target}",
                "Priority": 1,
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "Destination": {
                    "Bucket": f"arn:aws:s3:::{BUCKETS[target]}",
                    "ReplicationTime": {"Status": "Enabled", "Time": within_15_minutes},
                    "Metrics": {"Status": "Enabled", "EventThreshold": within_15_minutes},
                },
            }
        ],
    }


def _replication_role(account: Account) -> None:
    iam = account.client("iam")
    name = REPLICATION_ROLE.rpartition("/")[2]
    buckets = [f"arn:aws:s3:::{bucket}" for bucket in BUCKETS.values()]
    create_role(iam, name, "s3.amazonaws.com")
    put_role_policy(
        iam,
        name,
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], *buckets),
        allow(
            [
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                "s3:ReplicateObject",
                "s3:ReplicateDelete",
                "s3:ReplicateTags",
            ],
            *(f"{bucket}/*" for bucket in buckets),
        ),
    )


def _bucket(account: Account, region: str, bucket: str) -> Any:
    s3 = account.client("s3", region)
    # us-east-1 is the one region that must not be named.
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **({} if region == HOME_REGION else elsewhere))
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
    )
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": TAG_LIST})
    return s3


def let_only_the_distribution_read(account: Account, distribution_id: str) -> None:
    distribution = f"arn:aws:cloudfront::{ACCOUNT_ID}:distribution/{distribution_id}"
    for region, bucket in BUCKETS.items():
        arn = f"arn:aws:s3:::{bucket}"
        read = allow(["s3:GetObject"], f"{arn}/*") | {
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
        }
        encrypted_only = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        account.client("s3", region).put_bucket_policy(
            Bucket=bucket, Policy=document(read, encrypted_only)
        )
