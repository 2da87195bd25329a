/// The name of a member of a JSON object for readers to whom upper and lower case are the same, as they are to
/// [encoding/json](https://pkg.go.dev/encoding/json#Unmarshal) of Go: such a reader may take `Description` for what
/// `description` says.
package struct FoldedName: Hashable, Sendable {
    private let text: ByteText

    package init(_ name: String) {
        // By way of the upper case, for two letters beyond ASCII have the same one as `s` and `k`.
        text = ByteText(name.utf8.allSatisfy { $0 < 0x80 } ? name.lowercased() : name.uppercased().lowercased())
    }
}
