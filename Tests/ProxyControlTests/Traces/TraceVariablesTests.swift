import Addresses
import Testing
import Traces

@testable import ProxyControl

@Suite struct TraceVariablesTests {
    private func read(_ variables: [String: String]) -> (settings: TraceSettings?, warnings: [String]) {
        var reader = TraceVariables { variables[$0] }
        let settings = reader.settings()
        return (settings, reader.warnings)
    }

    private func settings(_ more: [String: String] = [:]) throws -> TraceSettings {
        let base = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"]
        return try #require(read(base.merging(more) { $1 }).settings)
    }

    @Test("Without an address there are no traces and no words")
    func off() {
        for variables in [
            [:], ["OTEL_TRACES_SAMPLER": "nonsense"], ["OTEL_EXPORTER_OTLP_ENDPOINT": ""],
            ["OTEL_SERVICE_NAME": "a", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"],
        ] {
            #expect(read(variables).settings == nil && read(variables).warnings.isEmpty)
        }
        let asked = read(["OTEL_TRACES_EXPORTER": "otlp"])
        #expect(asked.settings == nil && asked.warnings.count == 1)
    }

    @Test("A file of certificates that cannot be used is told at the start, by the variable that names it")
    func certificate() {
        let found = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/no/such/file",
        ])
        #expect(found.settings?.certificateFile == "/no/such/file" && found.warnings.count == 1)
        #expect(found.warnings[0].hasPrefix("OTEL_EXPORTER_OTLP_CERTIFICATE is \"/no/such/file\", but "))
    }

    @Test("It can be turned off where an address is named")
    func turnedOff() {
        for (name, value) in [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none")] {
            let found = read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"].merging([name: value]) { $1 })
            #expect(found.settings == nil && found.warnings.isEmpty)
        }
    }

    @Test(
        "The path for traces is appended to the common address, and the one for traces is taken as it is",
        arguments: [
            ("http://c:4318", "/v1/traces"), ("http://c:4318/", "/v1/traces"), ("http://c/a/b", "/a/b/v1/traces"),
            ("http://c/a/", "/a/v1/traces"), ("http://c/a?key=x", "/a/v1/traces?key=x"),
        ])
    func addresses(text: String, target: String) throws {
        #expect(try settings(["OTEL_EXPORTER_OTLP_ENDPOINT": text]).endpoint.target == target)
        let own = try settings(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://other/x"])
        #expect(own.endpoint.target == "/x" && own.endpoint.origin.port == 443)
        #expect(try !settings(["OTEL_EXPORTER_OTLP_ENDPOINT": text]).shownEndpoint.contains("key"))
    }

    @Test(
        "Samplers have the names and the default of OpenTelemetry",
        arguments: [
            (nil, nil, Sampler(.always, followsParent: true)),
            ("always_on", nil, Sampler(.always, followsParent: false)),
            ("always_off", nil, Sampler(.never, followsParent: false)),
            ("traceidratio", "0.25", Sampler(Sampler.share(0.25), followsParent: false)),
            ("parentbased_always_on", nil, Sampler(.always, followsParent: true)),
            ("parentbased_always_off", nil, Sampler(.never, followsParent: true)),
            ("parentbased_traceidratio", "0.5", Sampler(Sampler.share(0.5), followsParent: true)),
            ("parentbased_traceidratio", nil, Sampler(.always, followsParent: true)),
        ] as [(String?, String?, Sampler)])
    func samplers(name: String?, argument: String?, expected: Sampler) throws {
        var variables: [String: String] = [:]
        variables["OTEL_TRACES_SAMPLER"] = name
        variables["OTEL_TRACES_SAMPLER_ARG"] = argument
        #expect(try settings(variables).sampler == expected)
    }

    @Test("Numbers count, those for traces before those for all")
    func numbers() throws {
        let found = try settings([
            "OTEL_EXPORTER_OTLP_TIMEOUT": "7", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "9", "OTEL_BSP_SCHEDULE_DELAY": "1",
            "OTEL_BSP_EXPORT_TIMEOUT": "2", "OTEL_BSP_MAX_QUEUE_SIZE": "100",
        ])
        #expect(found.timeout == .milliseconds(9) && found.delay == .milliseconds(1))
        #expect(found.exportTimeout == .milliseconds(2) && found.maximumQueued == 100 && found.batch == 100)
    }

    @Test("Header fields are read like baggage, and the resource is what the variables say")
    func pairs() throws {
        let found = try settings([
            "OTEL_EXPORTER_OTLP_HEADERS": " api-key = k%3D1 ,,Authorization=Basic%20YTpi=",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=x,a=b%2Cc", "OTEL_SERVICE_NAME": "mine",
        ])
        #expect(found.headers.map(\.name) == ["api-key", "Authorization"])
        #expect(found.headers.map(\.value) == ["k=1", "Basic YTpi="])
        let resource = Dictionary(found.resource.map { ($0.key, $0.value) }) { _, last in last }
        #expect(resource["service.name"] == "mine" && resource["a"] == "b,c" && resource["telemetry.sdk.name"] != nil)
        let usual = try settings().resource
        #expect(usual.contains { $0.key == "service.name" && $0.value == "mcp-proxy" })
    }

    @Test(
        "What cannot be used is quoted, with what to do, and the rest counts",
        arguments: [
            ("OTEL_SDK_DISABLED", "yes", true), ("OTEL_TRACES_EXPORTER", "otlp,zipkin", true),
            ("OTEL_TRACES_EXPORTER", "console", false), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", false),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", false), ("OTEL_TRACES_SAMPLER", "always", true),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=%zz", true), ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", true),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "99999", true), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", true),
        ])
    func warnings(name: String, value: String, isOn: Bool) {
        let found = read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"].merging([name: value]) { $1 })
        #expect((found.settings != nil) == isOn)
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first.map { $0.contains(name) && $0.contains("\"\(value)\"") } == true)
    }

    @Test("What may be a secret is not quoted")
    func secrets() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:canary@c"), ("OTEL_EXPORTER_OTLP_HEADERS", "canary"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Host=canary"), ("OTEL_EXPORTER_OTLP_HEADERS", "a b=canary"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=canary%0d%0ab"), ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "canary"),
        ] {
            let found = read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"].merging([name: value]) { $1 })
            #expect(found.warnings.count == 1 && !found.warnings[0].contains("canary"), "\(found.warnings)")
            #expect(found.settings?.headers.isEmpty ?? true)
        }
    }
}
