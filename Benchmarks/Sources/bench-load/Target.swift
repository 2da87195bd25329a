/// One endpoint that is called.
struct Target: Sendable {
    let host: String
    let port: Int
    let path: String

    /// - Returns: nil when it is not `http://HOST:PORT/PATH`.
    init?(url: String) {
        guard url.hasPrefix("http://"), let authorityEnd = url.dropFirst(7).firstIndex(of: "/") else { return nil }
        let authority = url.dropFirst(7)[..<authorityEnd].split(separator: ":")
        guard authority.count == 2, let port = Int(authority[1]) else { return nil }
        self.host = String(authority[0])
        self.port = port
        self.path = String(url[authorityEnd...])
    }
}
