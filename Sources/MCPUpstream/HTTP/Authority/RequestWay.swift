/// Says how the requests of one link go to its server: over these connections, showing what this authority says.
struct RequestWay {
    let pool: HTTPConnectionPool
    private(set) var authority: (any RequestAuthority)?

    /// Sends requests for one caller from now on.
    mutating func isOnBehalf(of caller: String) {
        authority = authority?.onBehalf(of: caller)
    }

    /// Sends a request. The receiver hears nothing before this returns.
    func send(_ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver) -> HTTPExchange {
        pool.send(request, receiver, by: authority)
    }
}
