/// How the requests of one link go to its server: over these connections, showing what this authority says.
struct RequestWay {
    let pool: HTTPConnectionPool
    let authority: (any RequestAuthority)?

    /// Sends a request. The receiver hears nothing before this returns.
    func send(_ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver) -> HTTPExchange {
        pool.send(request, receiver, by: authority)
    }
}
