import Addresses
import MCPCore
import MCPUpstream
import Traces

/// Reads the variables of the environment by which OpenTelemetry is set up
/// ([SDK](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
/// [exporter](https://opentelemetry.io/docs/specs/otel/protocol/exporter/)). They may be meant for other programs as well, so
/// that none of them keeps the proxy from starting: what cannot be used is told of.
struct TraceVariables {
    /// What is wrong, and what to do.
    private(set) var warnings: [String] = []
    private let variable: (String) -> String?

    /// - Parameter variable: The value of a variable; nil where it is not set.
    init(_ variable: @escaping (String) -> String?) {
        // An empty one is like one that is not set.
        self.variable = { name in variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// How traces are sent; nil where none are.
    mutating func settings() -> TraceSettings? {
        guard !isDisabled, isExported, let endpoint = endpoint(), hasProtocol else { return nil }
        var settings = TraceSettings(endpoint: endpoint)
        settings.headers = headers()
        settings.certificateFile = certificateFile()
        settings.resource = resource()
        settings.sampler = sampler()
        settings.timeout = .milliseconds(
            number(ofTraces("TIMEOUT"), in: 1...3_600_000, usually: 10_000, "milliseconds"))
        settings.delay = .milliseconds(number("OTEL_BSP_SCHEDULE_DELAY", in: 1...3_600_000, usually: 5_000))
        settings.exportTimeout = .milliseconds(number("OTEL_BSP_EXPORT_TIMEOUT", in: 1...3_600_000, usually: 30_000))
        settings.maximumQueued = number("OTEL_BSP_MAX_QUEUE_SIZE", in: 1...1_000_000, usually: 2_048)
        let largest = settings.maximumQueued
        settings.batch = number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", in: 1...largest, usually: min(512, largest))
        warnOfTheRest()
        return settings
    }

    // MARK: Whether

    private var isDisabled: Bool {
        mutating get {
            guard let value = variable("OTEL_SDK_DISABLED") else { return false }
            switch value.lowercased() {
            case "true": return true
            case "false": return false
            default:
                warn("OTEL_SDK_DISABLED", value, "which counts as false", #"Write "true" or "false""#)
                return false
            }
        }
    }

    private var isExported: Bool {
        mutating get {
            let name = "OTEL_TRACES_EXPORTER"
            guard let value = variable(name) else { return true }
            let wanted = value.split(separator: ",").map { Self.trimmed($0).lowercased() }
            if wanted == ["none"] { return false }
            if wanted.contains(where: { $0 != "otlp" }) {
                let isSent = wanted.contains("otlp")
                warn(
                    name, value,
                    isSent ? "of which there is otlp alone" : "which is not there, so that no traces are sent",
                    #"Write "otlp", or "none""#)
                return isSent
            }
            if variable("OTEL_EXPORTER_OTLP_ENDPOINT") == nil, variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == nil {
                warn(
                    name, value, "but no collector is named, so that no traces are sent",
                    "Set OTEL_EXPORTER_OTLP_ENDPOINT, such as http://localhost:4318")
            }
            return true
        }
    }

    /// What is sent over HTTP is in one encoding. Where another one is asked for, the address is likely to be for that.
    private var hasProtocol: Bool {
        mutating get {
            guard let (name, value) = ofTraces("PROTOCOL"), value != "http/protobuf" else { return true }
            warn(
                name, value, "which is not there, so that no traces are sent",
                #"Write "http/protobuf", and in OTEL_EXPORTER_OTLP_ENDPOINT where the collector takes that, usually port 4318"#
            )
            return false
        }
    }

    private mutating func endpoint() -> HTTPURL? {
        let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        let common = "OTEL_EXPORTER_OTLP_ENDPOINT"
        if let value = variable(own) { return url(value, own) }
        guard let value = variable(common), let url = url(value, common) else { return nil }
        var path = url.path
        let query = url.target.dropFirst(path.count)
        if path.hasSuffix("/") { path.removeLast() }
        return HTTPURL(origin: url.origin, target: "\(path)/v1/traces\(query)")
    }

    private mutating func url(_ text: String, _ name: String) -> HTTPURL? {
        do throws(HTTPURLError) {
            return try HTTPURL(Self.trimmed(text[...]))
        } catch {
            // Where credentials may stand nothing of it is repeated.
            let mayBeSecret = text.contains("@") || text.contains("?")
            let shown = mayBeSecret ? "\(name) cannot be used" : "\(name) is \"\(PrintableText.make(text))\""
            warnings.append(
                "\(shown): \(error.problem), so that no traces are sent. "
                    + "Write the address of the collector, such as http://localhost:4318")
            return nil
        }
    }

    // MARK: What of

    private mutating func sampler() -> Sampler {
        let name = "OTEL_TRACES_SAMPLER"
        let value = variable(name) ?? "parentbased_always_on"
        let prefix = "parentbased_"
        let followsParent = value.hasPrefix(prefix)
        switch followsParent ? String(value.dropFirst(prefix.count)) : value {
        case "always_on": return Sampler(.always, followsParent: followsParent)
        case "always_off": return Sampler(.never, followsParent: followsParent)
        case "traceidratio": return Sampler(Sampler.share(ratio()), followsParent: followsParent)
        default:
            warn(
                name, value, "which is not there: parentbased_always_on counts",
                "Write always_on, always_off, traceidratio, or one of these behind parentbased_")
            return Sampler(.always, followsParent: true)
        }
    }

    private mutating func ratio() -> Double {
        let name = "OTEL_TRACES_SAMPLER_ARG"
        guard let text = variable(name) else { return 1 }
        if let number = Double(text), (0...1).contains(number) { return number }
        warn(
            name, text, "which is no part of one: 1 counts, so that all are kept",
            "Write a number from 0 to 1, such as 0.01")
        return 1
    }

    private mutating func resource() -> [(key: String, value: String)] {
        let name = "OTEL_RESOURCE_ATTRIBUTES"
        var pairs: [(key: String, value: String)] = []
        if let text = variable(name) {
            if let read = Self.pairs(text) {
                pairs = read
            } else {
                warn(
                    name, text, "which cannot be read and counts for nothing",
                    "Write it like deployment.environment=test,team=a%20b")
            }
        }
        if let service = variable("OTEL_SERVICE_NAME") { Self.set("service.name", service, in: &pairs) }
        for (key, value) in [("service.name", "mcp-proxy"), ("service.version", ProgramVersion.text)]
        where !pairs.contains(where: { $0.key == key }) {
            pairs.append((key, value))
        }
        let own = [("name", "mcp-proxy"), ("language", "swift"), ("version", ProgramVersion.text)]
        for (key, value) in own { Self.set("telemetry.sdk.\(key)", value, in: &pairs) }
        return pairs
    }

    /// Values are keys and tokens: of what is wrong only the place is told.
    private mutating func headers() -> [(name: String, value: String)] {
        guard let (name, text) = ofTraces("HEADERS") else { return [] }
        var headers: [(name: String, value: String)] = []
        for (place, part) in text.split(separator: ",").enumerated() where !Self.trimmed(part).isEmpty {
            if let pair = Self.pairs(String(part))?.first, RequestFields.isAccepted(name: pair.key, value: pair.value) {
                headers.append((pair.key, pair.value))
            } else {
                warnings.append(
                    "entry \(place + 1) of \(name) is no header field that can be sent, and is left out. "
                        + "Write it like api-key=value, with %20 for a space and %2C for a comma in the value")
            }
        }
        return headers
    }

    private mutating func certificateFile() -> String? {
        guard let (name, file) = ofTraces("CERTIFICATE") else { return nil }
        if let fault = EgressRules.fault(of: file) {
            warn(name, file, "but \(fault), so that no collector is believed", "Name a file with certificates in PEM")
        }
        return file
    }

    private mutating func warnOfTheRest() {
        if let (name, value) = ofTraces("COMPRESSION"), value != "none" {
            warn(name, value, "which is not there: spans are sent as they are", #"Remove it, or write "none""#)
        }
        if let (name, _) = ofTraces("CLIENT_CERTIFICATE") ?? ofTraces("CLIENT_KEY") {
            warnings.append("\(name) counts for nothing: collectors are shown no certificate. Remove it")
        }
    }

    // MARK: Values

    /// A variable of the exporter: that for traces, else that for all it exports.
    private func ofTraces(_ name: String) -> (name: String, value: String)? {
        for name in ["OTEL_EXPORTER_OTLP_TRACES_\(name)", "OTEL_EXPORTER_OTLP_\(name)"] {
            if let value = variable(name) { return (name, value) }
        }
        return nil
    }

    private mutating func number(_ name: String, in range: ClosedRange<Int>, usually usual: Int) -> Int {
        number(variable(name).map { (name, $0) }, in: range, usually: usual, "")
    }

    private mutating func number(
        _ found: (name: String, value: String)?, in range: ClosedRange<Int>, usually usual: Int, _ unit: String
    ) -> Int {
        guard let (name, text) = found else { return usual }
        if let number = Int(Self.trimmed(text[...])), range.contains(number) { return number }
        let of = unit.isEmpty ? "" : " of \(unit)"
        warn(
            name, text, "which cannot be used: \(usual) counts",
            "Write a whole number\(of) from \(range.lowerBound) to \(range.upperBound)")
        return usual
    }

    private mutating func warn(_ name: String, _ value: String, _ words: String, _ remedy: String) {
        warnings.append("\(name) is \"\(PrintableText.make(value))\", \(words). \(remedy)")
    }

    private static func set(_ key: String, _ value: String, in pairs: inout [(key: String, value: String)]) {
        pairs.removeAll { $0.key == key }
        pairs.append((key, value))
    }

    /// Reads `key=value` with commas between; nil where something is none of these.
    private static func pairs(_ text: String) -> [(key: String, value: String)]? {
        var pairs: [(key: String, value: String)] = []
        for part in text.split(separator: ",") where !trimmed(part).isEmpty {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let key = decoded(trimmed(halves[0])), let value = decoded(trimmed(halves[1])),
                !key.isEmpty
            else { return nil }
            set(key, value, in: &pairs)
        }
        return pairs
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.prefix(start.count - start.reversed().prefix { $0 == " " || $0 == "\t" }.count))
    }

    private static func decoded(_ text: String) -> String? {
        PercentEncoding.bytes(of: text).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
