namespace Tandem.Components.Redis.Client;

/// <summary>A command (or several that belong together) as a small struct, which writes itself straight into the connection's buffer.</summary>
internal interface IRedisCommand
{
    /// <summary>Whether it does no harm when it is carried out twice, because its reply was lost with the connection.</summary>
    bool MayRepeat { get; }

    /// <summary>How many replies the server gives; the last one is the answer.</summary>
    int Replies { get; }

    void Write(RespBuffer buffer);
}

/// <summary>A command of plain words, for all that is not on a hot path.</summary>
internal readonly record struct TextCommand(params string[] Words) : IRedisCommand
{
    public bool MayRepeat => true;

    public int Replies => 1;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(Words.Length);
        foreach (var word in Words)
        {
            buffer.Add(word);
        }
    }
}
