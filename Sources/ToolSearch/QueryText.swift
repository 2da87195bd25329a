/// What of a query says which tool is meant.
enum QueryText {
    /// The text without paths and addresses: they are what a tool is to be called with, and their words mislead. Only the
    /// ending of a file's name is left, which says of what kind it is.
    static func withoutAddresses(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "/")) else { return text }
        return text.split(whereSeparator: \.isWhitespace).map { isAddress($0) ? ending(of: $0) : $0 }
            .joined(separator: " ")
    }

    private static func isAddress(_ word: Substring) -> Bool {
        let bare = word.drop { "\"'`(<[".contains($0) }
        return ["/", "~/", "./", "../"].contains { bare.hasPrefix($0) } || bare.contains("://")
    }

    /// At most five letters and digits behind the last full stop of the last part.
    private static func ending(of address: Substring) -> Substring {
        let name = address.split(separator: "/").last ?? ""
        guard !address.contains("://"), let stop = name.lastIndex(of: ".") else { return "" }
        let ending = name[stop...].dropFirst().prefix { $0.isLetter || $0.isNumber }
        return ending.count <= 5 ? ending : ""
    }
}
