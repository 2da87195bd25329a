/// Where in a tool's definition a word stands.
enum SearchField: Int, CaseIterable {
    case name
    case server
    case title
    case description
    case parameterName
    case parameterDescription

    /// How many words of a field are read. What comes behind costs nothing and finds nothing, so that a server cannot make
    /// its tools dear by long texts.
    var maximumWords: Int {
        switch self {
        case .name, .server, .title: 32
        case .parameterName: 128
        case .description, .parameterDescription: 512
        }
    }
}
