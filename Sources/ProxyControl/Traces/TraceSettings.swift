import Addresses
import Traces

/// How spans are made and sent, as the variables of OpenTelemetry say it.
struct TraceSettings: Sendable {
    let endpoint: HTTPURL
    /// What the collector wants to see, such as a key: shown nowhere.
    var headers: [(name: String, value: String)] = []
    /// How long one request may take.
    var timeout = Duration.seconds(10)
    /// Whom to believe besides the usual authorities.
    var certificateFile: String?
    /// What is said of the program.
    var resource: [(key: String, value: String)] = []
    var sampler = Sampler(.always, followsParent: true)
    var maximumQueued = 2_048
    var batch = 512
    /// How long spans wait for others.
    var delay = Duration.seconds(5)
    /// How long it is tried to send some.
    var exportTimeout = Duration.seconds(30)

    init(endpoint: HTTPURL) { self.endpoint = endpoint }

    /// The address without what may hold a key.
    var shownEndpoint: String { "\(endpoint.origin)\(endpoint.path)" }
}
