package import Addresses

/// How an upstream is reached.
package enum ServerTransport: Sendable, Equatable {
    /// A child process that speaks over its standard input and output.
    case stdio(command: String, arguments: [String], environment: [String: Secret], workingDirectory: String?)
    /// A remote server. `timeout` is nil when the file names none.
    case http(url: HTTPURL, headers: [HeaderField], timeout: Duration?, kind: HTTPTransportKind)

    /// The program, where it is one.
    var command: String? {
        switch self {
        case .stdio(let command, _, _, _): command
        case .http: nil
        }
    }

    /// The address, where it is a remote one.
    var url: HTTPURL? {
        switch self {
        case .http(let url, _, _, _): url
        case .stdio: nil
        }
    }

    /// Whether reaching the upstream means to start a program.
    package var startsProcess: Bool {
        switch self {
        case .stdio: true
        case .http: false
        }
    }
}

extension ServerTransport: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The command, or the address without its query; arguments and the query may hold secrets.
    package var description: String {
        switch self {
        case .stdio(let command, _, _, _): "stdio \(command)"
        case .http(let url, _, _, let kind): "\(kind.rawValue) \(url)"
        }
    }

    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secrets either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .enum) }
}

extension ServerTransport {
    /// How long a call of a remote server may take without a sign of life, where that is written.
    package var timeout: Duration? {
        switch self {
        case .http(_, _, let timeout, _): timeout
        case .stdio: nil
        }
    }
}

/// The HTTP transport a remote upstream is spoken to with.
package enum HTTPTransportKind: String, Sendable, Equatable, CaseIterable {
    /// Not named in the file: try streamable HTTP, then the older SSE transport.
    case detect
    /// The HTTP+SSE transport of revision 2024-11-05.
    case sse
    /// Streamable HTTP.
    case streamableHTTP = "streamable-http"
}

/// One header sent to a remote server; its value is treated as a credential.
package struct HeaderField: Sendable, Equatable, Hashable {
    /// The name as written, a valid HTTP token.
    package var name: String
    /// The value, free of line breaks and NUL.
    package var value: Secret

    /// A header as given; nothing is checked here.
    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// A header of a client's request that is passed on to one server (`mcpServers.<name>.headersFromClient`).
package struct PassedHeader: Sendable, Equatable, Hashable {
    /// Its name in the request to the server, as written.
    package var upstreamName: String
    /// Its name in the client's request, as written; case does not matter.
    package var clientName: String

    package init(upstreamName: String, clientName: String) {
        self.upstreamName = upstreamName
        self.clientName = clientName
    }
}

/// What is particular about the way to one remote server: the proxy, and whose certificates are believed.
package struct ServerEgress: Sendable, Equatable {
    /// Through which HTTP proxy the server is asked.
    package enum Proxy: Sendable, Equatable {
        /// As the variables of the environment say.
        case ofEnvironment
        /// Through none, whatever they say.
        case none
        case one(ForwardProxy)
    }

    package var proxy = Proxy.ofEnvironment
    /// A file with certificates of authorities that are believed besides the others, for this server alone.
    package var trustedCAFile: String?
    /// Whether any certificate is taken for the server's.
    package var skipsVerification = false
    /// A file with the certificate that the proxy shows to this server, and its key; nil for that of all servers.
    package var clientCertificateFile: String?
    /// What a command knows of the proxy on its machine that it speaks to; no configuration says it.
    package var ownProxy = OwnProxy()

    /// As all other servers.
    package init() {}
}

/// A proxy as the programs of its own machine reach it, beside what its URL says.
package struct OwnProxy: Sendable, Equatable {
    /// The Unix socket on which it listens; nil where the URL says where that is.
    package var socketPath: String?
    /// The file with the certificate that it shows, which is believed whoever has signed it and whatever name is on it.
    package var certificateFile: String?

    /// What is known of it.
    package init(socketPath: String? = nil, certificateFile: String? = nil) {
        self.socketPath = socketPath
        self.certificateFile = certificateFile
    }
}
