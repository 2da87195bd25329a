/// Why a text is not the address of an HTTP proxy. Never repeats the text, which may hold credentials.
package struct ForwardProxyError: Error, Sendable, Equatable {
    /// What is wrong with the text.
    package enum Code: Sendable, Equatable {
        /// It is reached in another way than over plain HTTP.
        case scheme
        case host(HTTPURLError.Code)
        case path
        case credentials
    }

    package let code: Code

    init(_ code: Code) {
        self.code = code
    }

    /// What is wrong, as a part of a sentence.
    package var problem: String {
        switch code {
        case .scheme:
            "the proxy's address does not begin with http://; proxies of SOCKS, or behind TLS, are not supported"
        case .host(let code): HTTPURLError(code).problem
        case .path: "the proxy's address has something behind host and port"
        case .credentials: "user name or password in the proxy's address are not written as in a URL"
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch code {
        case .scheme, .path, .host: #"Write an address such as "http://proxy.example.com:3128""#
        case .credentials: "Write %25 for a percent sign, %3A for a colon, %40 for @ and %2F for a slash"
        }
    }
}

extension ForwardProxyError: CustomStringConvertible {
    /// Both in one sentence, for the person who wrote the address.
    package var description: String { "\(problem): \(remedy.prefix(1).lowercased())\(remedy.dropFirst())" }
}
