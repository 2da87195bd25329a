"""A collector of traces: what it is sent is read with the published schema of OpenTelemetry.

    with Collector() as collector, launch(servers, environment=collector.environment()) as proxy:
        …
        span = collector.wait_for(1, kind="server", name="tools/call echo")[0]
"""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Published
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from support.site import Site, send_bytes
from support.wait import eventually

PROTOBUF = "application/x-protobuf"
KINDS = {Published.SPAN_KIND_SERVER: "server", Published.SPAN_KIND_CLIENT: "client"}


def value_of(any_value):
    return getattr(any_value, any_value.WhichOneof("value"))


def attributes_of(pairs):
    named = {pair.key: value_of(pair.value) for pair in pairs}
    assert len(named) == len(pairs), f"an attribute comes twice: {pairs}"
    return named


class Span:
    """One span, in the words of the tests: names are hexadecimal, "" for none."""

    def __init__(self, span, resource, scope):
        self.published = span
        self.resource, self.scope = resource, scope
        self.trace, self.id, self.parent = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
        self.state = span.trace_state
        self.name, self.kind = span.name, KINDS[span.kind]
        self.attributes = attributes_of(span.attributes)
        self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
        self.failed = span.status.code == Status.STATUS_CODE_ERROR

    def __repr__(self):
        return f"<{self.kind} {self.name} {self.trace}/{self.parent}→{self.id} {self.attributes}>"

    def __getitem__(self, attribute):
        return self.attributes.get(attribute)


class Collector(Site):
    """`answers` has what is answered next, one after the other, as (status, content type, body, header fields); then all
    is taken."""

    def __init__(self, certificate=None):
        super().__init__(certificate)
        self.answers = []
        self.spans = []
        self.requests = []

    def environment(self, **more):
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.origin, "OTEL_BSP_SCHEDULE_DELAY": "50", **more}

    def answer(self, handler, asked):
        if self.answers:
            status, media_type, body, headers = self.answers.pop(0)
            return send_bytes(handler, body, status, media_type, headers)
        assert asked.method == "POST" and asked.headers["content-type"] == PROTOBUF, asked.headers
        request = ExportTraceServiceRequest.FromString(asked.body)
        # What the schema does not know would be kept aside: everything that is written has a meaning.
        assert request.SerializeToString(deterministic=True) is not None
        self.requests.append(asked)
        for of_resource in request.resource_spans:
            resource = attributes_of(of_resource.resource.attributes)
            for of_scope in of_resource.scope_spans:
                self.spans += [Span(span, resource, of_scope) for span in of_scope.spans]
        send_bytes(handler, ExportTraceServiceResponse().SerializeToString(), 200, PROTOBUF)

    def find(self, **wanted):
        return [span for span in self.spans if all(getattr(span, key) == wanted[key] for key in wanted)]

    def wait_for(self, count=1, **wanted):
        """Waits until that many spans are there, and returns them."""
        return eventually(
            lambda: found if len(found := self.find(**wanted)) >= count else None,
            f"{count} spans {wanted} in {self.spans}",
        )
