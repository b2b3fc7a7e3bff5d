"""``yidan serve``: the API and what runs beside it."""

import asyncio

import typer

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def serve(
    demo: bool = typer.Option(False, "--demo", help="Load the sample groups; anybody may join them."),
    host: str = typer.Option("127.0.0.1", help="The address to listen on."),
    port: int = typer.Option(8000, min=0, max=65535, help="The port; 0 takes any free one."),
) -> None:
    """Serve the JSON API, the OpenAI-compatible endpoint and the API reference."""
    from assistant.settings import load_settings

    settings = load_settings()
    from assistant.web.serving import bind, loop_factory
    from assistant.web.serving import serve as run

    listener = bind(host, port)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(run(settings, listener, demo=demo, say=typer.echo))
    finally:
        listener.close()
