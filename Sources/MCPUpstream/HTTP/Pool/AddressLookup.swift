import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the addresses of a server's name. Blocks the thread that it is called on.
package struct AddressLookup: Sendable {
    /// Says that a name has no address.
    struct NoAddress: Error {}

    let addresses: @Sendable (_ host: String, _ port: Int) throws -> [SocketAddress]

    /// As all programs of the machine do it: its files, then the name servers, the best address first.
    package static let system = AddressLookup { host, port in
        var hints = unsafe addrinfo()
        #if canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &first) == 0 else { throw NoAddress() }
        defer { unsafe freeaddrinfo(first) }
        var found: [SocketAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            let address = unsafe UnsafeRawPointer(entry.pointee.ai_addr)
            switch unsafe entry.pointee.ai_family {
            case AF_INET: unsafe address.map { unsafe found.append(SocketAddress($0.load(as: sockaddr_in.self))) }
            case AF_INET6: unsafe address.map { unsafe found.append(SocketAddress($0.load(as: sockaddr_in6.self))) }
            default: break
            }
            unsafe next = entry.pointee.ai_next
        }
        return found
    }
}
