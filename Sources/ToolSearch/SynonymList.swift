/// The synonyms as data: words that mean the same to somebody who looks for a tool, one group a line.
enum SynonymList {
    static let groups: [String] = [
        "repo repository",
        "pr pull",
        "mail email inbox message",
        "dir directory folder",
        "delete remove erase",
    ]
}
