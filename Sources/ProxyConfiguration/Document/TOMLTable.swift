/// A table of a TOML text while it is being read. Tables are filled from several places of the text, so they are shared.
final class TOMLTable {
    /// How a table came to be, which decides what may still be added to it.
    enum Origin {
        /// It was named on the way to another one.
        case implied
        /// It has a header of its own.
        case header
        /// It came with a dotted key.
        case dotted
    }

    /// What stands under a key.
    enum Item {
        case value(ConfigurationNode)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    let position: SourcePosition
    var origin: Origin
    private var entries: [(key: TOMLKey, item: Item)] = []
    private var places: [String: Int] = [:]

    init(_ origin: Origin, at position: SourcePosition) {
        self.origin = origin
        self.position = position
    }

    subscript(key: TOMLKey) -> Item? {
        get { places[key.name].map { entries[$0].item } }
        set {
            guard let newValue else { return }
            if let place = places[key.name] {
                entries[place].item = newValue
            } else {
                places[key.name] = entries.count
                entries.append((key, newValue))
            }
        }
    }

    /// The table as the tree has it.
    func node() -> ConfigurationNode {
        let members = entries.map { entry in
            let value: ConfigurationNode =
                switch entry.item {
                case .value(let node): node
                case .table(let table): table.node()
                case .tables(let tables): ConfigurationNode(.array(tables.map { $0.node() }), at: entry.key.position)
                }
            return ConfigurationNode.Member(name: entry.key.name, position: entry.key.position, value: value)
        }
        return ConfigurationNode(.object(members), at: position)
    }
}

/// One part of a key, and where it stands.
struct TOMLKey {
    var name: String
    var position: SourcePosition
}
