package import Addresses

/// An address that is also a name: it is called as an address, and compared byte by byte as it is written.
package struct ExactURL: Sendable, Equatable, Hashable {
    /// As it is written, which other texts have to be in every byte.
    package let text: String
    /// Where it leads.
    package let url: HTTPURL

    /// Reads an absolute address.
    ///
    /// - Throws: `HTTPURLError` with the first problem found.
    package init(_ text: String) throws(HTTPURLError) {
        url = try HTTPURL(text)
        self.text = text
    }
}
