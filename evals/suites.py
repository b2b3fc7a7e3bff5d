"""The suites as inspect-ai tasks: ``inspect eval evals/suites.py@tea``, or without ``@tea`` all of them."""

from inspect_ai import Task, task

from assistant.evaluation.inspection import named_task


@task
def tea() -> Task:
    return named_task("tea")


@task
def cookies() -> Task:
    return named_task("cookies")


@task
def homecare() -> Task:
    return named_task("homecare")


@task
def dialogues() -> Task:
    return named_task("dialogues")


@task
def seafood() -> Task:
    return named_task("seafood")


@task
def clothes() -> Task:
    return named_task("clothes")


@task
def yoga() -> Task:
    return named_task("yoga")


@task
def plants() -> Task:
    return named_task("plants")


@task
def cinema() -> Task:
    return named_task("cinema")


@task
def compound() -> Task:
    return named_task("compound")


@task
def compound_unseen() -> Task:
    return named_task("compound-unseen")


@task
def lifecycle() -> Task:
    return named_task("lifecycle")
