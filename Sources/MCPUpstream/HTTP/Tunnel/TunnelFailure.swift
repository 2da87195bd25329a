import Addresses

/// Says why there is no connection through a proxy. Nothing has been sent to the server then.
struct TunnelFailure: Error {
    enum Cause {
        /// The proxy itself cannot be reached.
        case unreachable(any Error)
        /// It answered with a status that is not a success.
        case refused(Int)
        /// It answered with what is not HTTP/1.1, or with more than an answer.
        case unreadable
        case tooLong
        case closed
        case silent
    }

    let proxy: ForwardProxy
    let cause: Cause
    /// Whether somebody else than the operator hears of it, to whom the proxy's address is nothing.
    var isOfGuarded = false

    /// Returns what happened, in words for the operator.
    ///
    /// - Parameters:
    ///   - name: What the proxy is called; nil for its address.
    ///   - reason: Says why a connection could not be made.
    func words(calling name: String? = nil, _ reason: (any Error) -> String) -> String {
        let proxy = name ?? "the proxy \(self.proxy)"
        return switch cause {
        case .unreachable(let error): "\(proxy) cannot be reached: \(reason(error))"
        case .refused(407):
            self.proxy.credentials == nil
                ? "\(proxy) wants credentials (HTTP status 407): write them into its address, as "
                    + "http://user:password@host:port"
                : "\(proxy) does not accept the credentials in its address (HTTP status 407); only the Basic "
                    + "scheme is supported"
        case .refused(let status):
            "\(proxy) refused to connect to it (HTTP status \(status)); many proxies allow CONNECT to few "
                + "ports or hosts only"
        case .unreadable: "\(proxy) answered CONNECT with something that is not an answer of HTTP/1.1"
        case .tooLong: "\(proxy) answered CONNECT with more than \(ProxyTunnel.maximumAnswerBytes) bytes"
        case .closed: "\(proxy) closed the connection instead of answering CONNECT"
        case .silent: "\(proxy) did not answer CONNECT in time"
        }
    }
}
