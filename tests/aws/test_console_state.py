"""The notation of the console's addresses, against some that people copied out of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.aws.console_state import Metric, insights_url, jsurl, metrics_url


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # Copied from the console by others, on public pages: two queries and a graph.
        (
            "filter message = 'Processed batch'\n| stats sum(new_matches) by bin(1m)",
            "~'filter*20message*20*3d*20*27Processed*20batch*27*0a*7c*20stats*20sum*28new_matches*29"
            "*20by*20bin*281m*29",
        ),
        (
            {
                "end": 0,
                "start": -3600,
                "timeType": "RELATIVE",
                "tz": "UTC",
                "unit": "seconds",
                "editorString": "filter message = 'Processing operator'\n"
                "| filter PROCESS_DATE = 'process_date'\n| stats min(estimated_remaining_groups)",
                "source": ["/aws/ecs/abods-sandbox"],
                "lang": "CWLI",
            },
            "~(end~0~start~-3600~timeType~'RELATIVE~tz~'UTC~unit~'seconds~editorString~'filter*20"
            "message*20*3d*20*27Processing*20operator*27*0a*7c*20filter*20PROCESS_DATE*20*3d*20*27"
            "process_date*27*0a*7c*20stats*20min*28estimated_remaining_groups*29"
            "~source~(~'*2faws*2fecs*2fabods-sandbox)~lang~'CWLI)",
        ),
        (
            [
                ["AWS/Lambda", "Errors", "FunctionName", "downloadBook", {"color": "#d13212"}],
                [".", "Invocations", ".", ".", {"id": "invocations"}],
                [{"expression": "100 - 100 * errors / MAX([errors, invocations])"}],
            ],
            "~(~(~'AWS*2fLambda~'Errors~'FunctionName~'downloadBook~(color~'*23d13212))"
            "~(~'.~'Invocations~'.~'.~(id~'invocations))"
            "~(~(expression~'100*20-*20100*20*2a*20errors*20*2f*20MAX*28*5berrors*2c*20invocations"
            "*5d*29)))",
        ),
        ({"isLiveTail": False, "sparkline": True}, "~(isLiveTail~false~sparkline~true)"),
        # As JSURL has them.
        ("{LABEL}$", "~'*7bLABEL*7d!"),
        ("Zürich, 東京, 🚀", "~'Z*fcrich*2c*20**6771**4eac*2c*20**d83d**de80"),
        ([], "~(~)"),
        ({}, "~()"),
        ("", "~'"),
    ],
)
def test_jsurl_writes_what_the_console_reads(value, written):
    assert jsurl(value) == written


@given(st.text())
def test_no_text_breaks_out_of_its_value(text):
    written = jsurl(text)

    assert re.fullmatch(r"~'([A-Za-z0-9_.!-]|\*[0-9a-f]{2}|\*\*[0-9a-f]{4})*", written)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_can_be_read_back(text):
    units = re.findall(r"\*\*([0-9a-f]{4})|\*([0-9a-f]{2})|([A-Za-z0-9_.!-])", jsurl(text)[2:])
    codes = [
        int(wide or narrow, 16) if wide or narrow else ord("$" if plain == "!" else plain)
        for wide, narrow, plain in units
    ]

    assert b"".join(code.to_bytes(2) for code in codes).decode("utf-16-be") == text


def test_insights_opens_with_the_query_over_the_groups_of_one_region():
    url = insights_url(
        "fields @message", ["/aws/lambda/us-east-1.router"], region="eu-west-1", seconds=3600
    )

    assert url == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
        "#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-3600~timeType~'RELATIVE~tz~'UTC"
        "~unit~'seconds~editorString~'fields*20*40message"
        "~source~(~'*2faws*2flambda*2fus-east-1.router))"
    )


def test_metrics_opens_a_graph():
    metric = Metric("AWS/Lambda", "Errors", "Sum", ("FunctionName", "us-east-1.router"))

    assert metrics_url([metric], region="eu-west-1") == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
        "#metricsV2?graph=~(metrics~(~(~'AWS*2fLambda~'Errors~'FunctionName~'us-east-1.router"
        "~(stat~'Sum)))~view~'timeSeries~stacked~false~region~'eu-west-1~start~'-PT3H~end~'P0D"
        "~period~60)"
    )


@pytest.mark.parametrize(
    ("region", "partition"), [("", "aws"), ("eu-west-1.evil.example/", "aws"), ("eu-west-1", "x")]
)
def test_there_is_no_page_outside_of_aws(region, partition):
    assert insights_url("x", ["y"], region=region, seconds=60, partition=partition) is None
    assert metrics_url([], region=region, partition=partition) is None


def test_the_other_partitions_have_hosts_of_their_own():
    url = insights_url("x", ["y"], region="cn-north-1", seconds=60, partition="aws-cn")

    assert url.startswith("https://cn-north-1.console.amazonaws.cn/cloudwatch/")
