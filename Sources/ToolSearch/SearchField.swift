/// Where in a tool's definition a word stands.
enum SearchField: Int, CaseIterable {
    case name
    case server
    case title
    /// The first sentence of the description: what the tool does. What follows says more of how.
    case summary
    case description
    case parameterName
    case parameterDescription

    /// How many words of a field are read. What comes behind costs nothing and finds nothing, so that a server cannot make
    /// its tools dear by long texts.
    var maximumWords: Int {
        switch self {
        case .name, .server, .title: 32
        case .summary: 64
        case .parameterName: 128
        case .description, .parameterDescription: 512
        }
    }
}
