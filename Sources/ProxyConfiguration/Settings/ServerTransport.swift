package import Addresses

/// How an upstream is reached.
package enum ServerTransport: Sendable, Equatable {
    /// A child process that speaks over its standard input and output.
    case stdio(command: String, arguments: [String], environment: [String: Secret], workingDirectory: String?)
    /// A remote server. `timeout` is nil when the file names none.
    case http(url: HTTPURL, headers: [HeaderField], timeout: Duration?, kind: HTTPTransportKind)

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
