import Addresses

/// Why there is no connection through a proxy. Nothing has been sent to the server then.
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

    /// What happened, in words for the operator.
    ///
    /// - Parameter reason: Says why a connection could not be made.
    func words(_ reason: (any Error) -> String) -> String {
        switch cause {
        case .unreachable(let error): "the proxy \(proxy) cannot be reached: \(reason(error))"
        case .refused(407):
            proxy.credentials == nil
                ? "the proxy \(proxy) wants credentials (HTTP status 407): write them into its address, as "
                    + "http://user:password@host:port"
                : "the proxy \(proxy) does not accept the credentials in its address (HTTP status 407); only the Basic "
                    + "scheme is supported"
        case .refused(let status):
            "the proxy \(proxy) refused to connect to it (HTTP status \(status)); many proxies allow CONNECT to few "
                + "ports or hosts only"
        case .unreadable: "the proxy \(proxy) answered CONNECT with something that is not an answer of HTTP/1.1"
        case .tooLong: "the proxy \(proxy) answered CONNECT with more than \(ProxyTunnel.maximumAnswerBytes) bytes"
        case .closed: "the proxy \(proxy) closed the connection instead of answering CONNECT"
        case .silent: "the proxy \(proxy) did not answer CONNECT in time"
        }
    }
}
