"""A simulated AWS account on a loopback port, with the S3 router of the articles living in it.

`server.SimulatedAWS` runs it, `seed.seed_asset_router` fills it, `python -m demo.simulated_aws`
does both. Nothing is imported here: `seed` needs only boto3, `server` costs half a second of moto.
"""
